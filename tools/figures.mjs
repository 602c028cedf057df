/**
 * Draws the two stills of every figure, and joins the modules that move them, and those of the guided player, into one
 * small file each; what every page of a patient loads is made small too. `make figures` runs it. What it writes is
 * committed, so nothing else needs Node; the suite holds it to the digests written here.
 */

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { still } from "../static/js/figure/still.js";

const ROOT = new URL("../", import.meta.url);
const FIGURES = "programs/library/content/figures/";
const ENGINE = "static/js/figure/";
const STILLS = "static/img/exercises/";
const PLAYER = "static/js/player/";
const BUILT = {
  "static/js/exercise-figure.js": "static/js/built/exercise-figure.js",
  "static/js/player/player.js": "static/js/built/player.js",
  "static/js/offline/core.js": "static/js/built/offline-core.js",
};
const DIGESTS = "tests/library/golden_figures.json";

const read = (path) => readFileSync(new URL(path, ROOT), "utf8");
const write = (path, text) => writeFileSync(new URL(path, ROOT), text);
const filesIn = (folder, ending) =>
  readdirSync(new URL(folder, ROOT)).filter((name) => name.endsWith(ending)).sort().map((name) => folder + name);
const digests = (paths) =>
  Object.fromEntries(paths.map((path) => [path, createHash("sha256").update(read(path)).digest("hex")]));

for (const [entry, outfile] of Object.entries(BUILT)) {
  buildSync({
    absWorkingDir: fileURLToPath(ROOT), entryPoints: [entry], outfile, bundle: true, minify: true, format: "esm",
    target: "es2022", legalComments: "none",
    external: ["../offline/*"], // every page has it, and there is to be one of it
  });
}
rmSync(new URL(STILLS, ROOT), { recursive: true, force: true });
mkdirSync(new URL(STILLS, ROOT));
const figures = filesIn(FIGURES, ".json");
for (const path of figures) {
  const slug = path.slice(FIGURES.length, -".json".length);
  for (const number of [1, 2]) write(`${STILLS}${slug}-${number}.svg`, still(JSON.parse(read(path)), number));
}
write(DIGESTS, JSON.stringify({
  sources: digests([...filesIn(ENGINE, ".js"), ...filesIn(PLAYER, ".js"), "static/js/exercise-figure.js", "static/js/offline/core.js", ...figures]),
  results: digests([...filesIn(STILLS, ".svg"), ...Object.values(BUILT)]),
}, null, 2) + "\n");
