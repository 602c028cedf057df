"""Every word the product says to a patient, read out of its templates, code, scripts and content."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import yaml
from django.template.base import Lexer, TokenType

from tests.readability import grade, sentences, syllables, words

ROOT = Path(__file__).parent.parent
PROGRAMS = ROOT / "programs"
CONTENT = PROGRAMS / "library" / "content"

HIGHEST_GRADE = 6
LONGEST_SENTENCE = 20
# The formula is made for whole texts: the few words of a label are graded with the rest of their file.
SHORTEST_GRADED = 8
# "contraindication" is too hard wherever it stands, in a label and in an otherwise easy sentence too.
MOST_SYLLABLES = 4

# What a value counts as that is known only when the words are shown.
PLAIN_WORD = "name"


@dataclass(frozen=True, slots=True)
class Passage:
    """Words read in one breath, and where they stand; in content, also in which field.

    A label is too short for a grade of its own.
    """

    file: str
    line: int
    text: str
    is_label: bool
    field: str = ""

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


# --- what is too hard ---


def too_hard(passage: Passage, known: Collection[str] = ()) -> list[str]:
    """What is wrong with one passage, each with its place. `known`: hard words that may stand in it."""
    found = []
    for sentence in sentences(passage.text):
        if (length := len(words(sentence))) > LONGEST_SENTENCE:
            found.append(f"{passage.place}: {length} words in one sentence: {sentence}")
    if not passage.is_label and (hard := grade(passage.text, known)) > HIGHEST_GRADE:
        found.append(f"{passage.place}: grade {hard:.1f}: {passage.text}")
    for word in words(passage.text):
        if syllables(word) > MOST_SYLLABLES and word.lower() not in known:
            found.append(f"{passage.place}: “{word}” is too hard: {passage.text}")
    return found


def too_hard_together(passages: Iterable[Passage], known: Collection[str] = ()) -> list[str]:
    """Which files are too hard as a whole. Whatever stands apart in one counts as a sentence of its own."""
    said: dict[str, dict[str, None]] = {}
    for passage in passages:
        for sentence in sentences(passage.text):
            ended = sentence if sentence[-1] in ".!?" else f"{sentence}."
            said.setdefault(passage.file, {})[ended] = None
    found = []
    for file, each_once in said.items():
        text = " ".join(each_once)
        if len(words(text)) >= SHORTEST_GRADED and (hard := grade(text, known)) > HIGHEST_GRADE:
            found.append(f"{file}: grade {hard:.1f} as a whole: {text}")
    return found


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _passages(file: str, said: Iterable[tuple[int, str]]) -> list[Passage]:
    """Those of these texts that hold any word but values, by line."""
    found = []
    for line, text in sorted(said, key=lambda each: each[0]):
        if words(text.replace(_VALUE, "")):
            plain = _tidy(_VALUES.sub(PLAIN_WORD, _ENDINGS.sub("", text)))
            found.append(Passage(file, line, plain, is_label=len(words(plain)) < SHORTEST_GRADED))
    return found


# --- templates ---

# These stand for template tags; they come from the part of Unicode that means nothing.
_IF, _ELIF, _ELSE, _END, _BREAK, _VALUE = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004", "\ue005"
_VALUES = re.compile(f"{_VALUE}+")
_ENDINGS = re.compile(f"(?<=[A-Za-z]){_VALUE}+")
_MARKS = {
    **dict.fromkeys(("if", "for", "ifchanged"), _IF),
    "elif": _ELIF,
    **dict.fromkeys(("else", "empty"), _ELSE),
    **dict.fromkeys(("endif", "endfor", "endifchanged"), _END),
    **dict.fromkeys(("block", "endblock"), _BREAK),
    "now": _VALUE,
}
# A block that fills the class="" of the page it extends.
_BLOCKS_WITHOUT_WORDS = {"page_class"}
_NOT_SAID = {"script", "style", "svg"}
_INLINE = {"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "sub", "sup", "time"}
_HOLDS_TEXT = {
    *("p", "h1", "h2", "h3", "h4", "li", "dt", "dd", "th", "td", "label", "legend", "summary", "button"),
    *("figcaption", "caption", "blockquote", "title", "option", "footer"),
}
_SAID_ATTRIBUTES = {
    *("alt", "aria-description", "aria-label", "aria-roledescription", "aria-valuetext"),
    *("hx-confirm", "placeholder", "title"),
}
# Enough for the branches of any sentence we have; of more, the longest are read.
_MOST_VARIANTS = 64

_LITERAL = re.compile(r"""(["'])(.*?)\1""")
_SAID_LITERAL = re.compile(r"[A-Z][a-z]+(?: .*)?[.?!:]?|[A-Za-z]+ .*[a-z]{3}.*", re.DOTALL)
# "j F, H:i" is how to write a date, and no words.
_DATE_FORM = re.compile(r"""\|(?:date|time|stringformat):(?:"[^"]*"|'[^']*')""")
_PLURALIZE = re.compile(r"""\|pluralize(?::["']([^"']*)["'])?""")


def template_passages(file: str, source: str) -> list[Passage]:
    """What a template says: each block of text, each attribute that is read out, each word given to a tag.

    A value counts as one plain word; every way through the branches of a block is read.
    """
    html, literals = _without_tags(source)
    said = _paragraphs(html) if file.endswith(".txt") else _blocks(html)
    return _passages(file, [*literals, *((line, text) for line, raw in said for text in _variants(raw))])


def page_passages(name: str, html: str) -> list[Passage]:
    """What a page says as it is sent, but for the lists to choose from."""
    return _passages(name, _blocks(html, unsaid={*_NOT_SAID, "select"}))


def mail_passages(name: str, subject: str, body: str) -> list[Passage]:
    """What an e-mail says; an address to click on counts as one plain word."""
    return _passages(name, _paragraphs(f"{subject}\n\n{re.sub(r'https?://[^ ]+', _VALUE, body)}"))


def _without_tags(source: str) -> tuple[str, list[tuple[int, str]]]:
    """The same lines with marks in place of the template's tags; and the words that those tags held."""
    parts: list[str] = []
    literals: list[tuple[int, str]] = []
    skipped_until, in_tag, quote = "", False, ""
    for token in Lexer(source).tokenize():
        tag, _, rest = token.contents.strip().partition(" ")
        if skipped_until:
            if token.token_type == TokenType.TEXT:
                parts.append("\n" * token.contents.count("\n"))
            elif token.token_type == TokenType.BLOCK and tag == skipped_until:
                skipped_until = ""
        elif token.token_type == TokenType.TEXT:
            parts.append(token.contents)
            in_tag, quote = _after(token.contents, in_tag, quote)
        elif token.token_type == TokenType.VAR:
            literals += _literals(token.lineno, token.contents)
            parts.append(_value(token.contents))
        elif token.token_type == TokenType.BLOCK:
            if tag == "comment":
                skipped_until = "endcomment"
            elif tag == "block" and rest in _BLOCKS_WITHOUT_WORDS:
                skipped_until = "endblock"
            elif not in_tag or quote:
                parts.append(_MARKS.get(tag, ""))
            if tag not in ("extends", "load", "now", "static", "url"):
                literals += _literals(token.lineno, rest)
    return "".join(parts), literals


def _after(text: str, in_tag: bool, quote: str) -> tuple[bool, str]:
    """Whether what follows the text stands inside a tag of HTML, and inside which quotation mark there."""
    for character, following in zip(text, f"{text[1:]}a", strict=True):
        if not in_tag:
            in_tag = character == "<" and (following.isalpha() or following in "/!")
        elif quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == ">":
            in_tag = False
    return in_tag, quote


def _value(contents: str) -> str:
    """A plain word; after "patient", the "s" of many patients."""
    if found := _PLURALIZE.search(contents):
        return (found[1] if found[1] is not None else "s").rpartition(",")[2]
    return _VALUE


def _literals(line: int, contents: str) -> list[tuple[int, str]]:
    quoted = [text for _, text in _LITERAL.findall(_DATE_FORM.sub("", contents))]
    return [(line, text) for text in quoted if _SAID_LITERAL.fullmatch(text)]


def _variants(raw: str) -> list[str]:
    """Every way through the branches of a block. A branch that does not end in the block counts as taken."""
    done: list[str] = []
    # for each open branch: its alternatives so far, and the one that is being read
    stack: list[tuple[list[str], list[str]]] = [([], [""])]
    for piece in re.split(f"([{_IF}{_ELIF}{_ELSE}{_END}])", raw):
        alternatives, current = stack[-1]
        if piece == _IF:
            stack.append(([""], [""]))
        elif piece in (_ELIF, _ELSE) and len(stack) == 1:
            done += current
            stack[-1] = ([], [""])
        elif piece in (_ELIF, _ELSE):
            # with an "else" it is no longer possible that nothing is said
            stack[-1] = ([*alternatives, *current][piece == _ELSE :], [""])
        elif piece == _END and len(stack) > 1:
            stack.pop()
            _go_on(stack, [*alternatives, *current])
        elif piece != _END:
            stack[-1] = (alternatives, [text + piece for text in current])
    while len(stack) > 1:
        _, current = stack.pop()
        _go_on(stack, current)
    return list(dict.fromkeys(_tidy(text) for text in [*done, *stack[0][1]]))


def _go_on(stack: list[tuple[list[str], list[str]]], endings: list[str]) -> None:
    alternatives, current = stack[-1]
    together = list(dict.fromkeys(begun + ending for begun in current for ending in endings))
    if len(together) > _MOST_VARIANTS:
        together = sorted(together, key=len, reverse=True)[:_MOST_VARIANTS]
    stack[-1] = (alternatives, together)


def _blocks(html: str, unsaid: Collection[str] = _NOT_SAID) -> list[tuple[int, str]]:
    reader = _Blocks(unsaid)
    reader.feed(html)
    reader.close()
    reader.end_block()
    return reader.blocks


def _paragraphs(text: str) -> list[tuple[int, str]]:
    """The paragraphs of a plain text, and the points of its lists, each with its line."""
    found, line = [], 1
    for part in re.split(rf"(\n\s*\n|\n(?=- )|{_BREAK})", text):
        found.append((line + part.count("\n", 0, len(part) - len(part.lstrip())), part))
        line += part.count("\n")
    return found


class _Blocks(HTMLParser):
    """Splits a page into blocks of text, and the attributes that are read out, each with its line."""

    def __init__(self, unsaid: Collection[str]) -> None:
        super().__init__()
        self.blocks: list[tuple[int, str]] = []
        self._unsaid = unsaid
        self._depth_unsaid = 0
        self._open: list[str] = []
        self._text, self._line = "", 0
        self._after_inline = False

    def end_block(self) -> None:
        self.blocks.append((self._line, self._text))
        self._text, self._line = "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        said = [values[name] for name in sorted(_SAID_ATTRIBUTES & values.keys())]
        if tag == "meta" and values.get("name") == "description":
            said.append(values.get("content", ""))
        if tag == "input" and values.get("type") in ("submit", "button", "reset"):
            said.append(values.get("value", ""))
        self.blocks += [(self.getpos()[0], text.replace(_BREAK, "")) for text in said]
        self._depth_unsaid += tag in self._unsaid
        if not self._is_inline(tag):
            self.end_block()
        elif self._after_inline:  # "<span>One.</span><span>Two.</span>" is never one word
            self._text += " "
        if tag in _HOLDS_TEXT:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._depth_unsaid -= tag in self._unsaid
        self._after_inline = self._is_inline(tag)
        if not self._after_inline:
            self.end_block()
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._depth_unsaid:
            return
        self._after_inline = False
        line = self.getpos()[0]
        # the end of a template's block ends what it says, unless it stands in the middle of a text
        for number, part in enumerate([data.replace(_BREAK, "")] if self._open else data.split(_BREAK)):
            if number:
                self.end_block()
            if not self._line and (first := re.search(r"\w", part)):
                self._line = line + part.count("\n", 0, first.start())
            self._text += part
            line += part.count("\n")

    def _is_inline(self, tag: str) -> bool:
        """A link in a sentence is part of it; one that stands alone is not."""
        return tag in _INLINE and (tag != "a" or bool(self._open))


def templates() -> dict[str, Path]:
    """Every template of the product, by the name that the code has for it."""
    return {
        path.relative_to(folder).as_posix(): path
        for folder in sorted(PROGRAMS.rglob("templates"))
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def staff_templates(sources: Mapping[str, str], named_in_code: Collection[str]) -> set[str]:
    """Those no patient meets: what extends the therapists' page, and what only such templates include.

    What the code shows by its name, and what extends a page that is chosen at run time, is a patient's.
    """
    used_by: dict[str, set[str]] = {name: set() for name in sources}
    extends: dict[str, str] = {}
    for name, source in sources.items():
        for token in Lexer(source).tokenize():
            found = re.match(r"""(extends|include)\s+["']([^"']+)["']""", token.contents)
            if token.token_type == TokenType.BLOCK and found and found[2] in sources:
                used_by[found[2]].add(name)
                if found[1] == "extends":
                    extends[name] = found[2]
    staff = {"base_clinician.html"}
    while True:
        more = {
            name
            for name in sources
            if extends.get(name) in staff
            or (used_by[name] and used_by[name] <= staff and name not in named_in_code)
        }
        if more <= staff:
            return staff
        staff |= more


# --- Python ---

# What these say is read by whoever runs the product or writes a program for it.
_PROGRAMMERS_ERRORS = {
    *("AssertionError", "ChannelError", "CommandError", "ImproperlyConfigured", "KeyError", "LookupError"),
    *("NotImplementedError", "RuntimeError", "TypeError", "ValueError"),
}
_PROGRAMMERS_METHODS = {"__repr__", "__str__"}
_LOGS = {"logger", "logging", "warnings"}
# In these files REST explains itself: such words are shown in the reference of the API alone.
_REFERENCE_FILES = {"adapters.py", "api.py", "pagination.py", "schema.py", "serializers.py"}
_REFERENCE_WORDS = {"description", "help_text", "summary"}

_PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{[a-z_0-9.]*\}")
_MARKUP = re.compile(r"<[^>]*>")
_SAID = re.compile(
    r".*[A-Za-z].*[.?!:]"  # ends like a sentence
    rf"|[“\"(]?[A-Z][a-z’'{_VALUE}]*,? .*"  # begins like one
    rf"|.*(?:\b[A-Za-z]{{2,}}|{_VALUE}),? (?:[a-z]{{2,}}\b|{_VALUE}).*"  # or is a piece of one
    r"|[A-Z][a-z]+",  # or a label of one word
    re.DOTALL,
)


def python_passages(file: str, source: str) -> list[Passage]:
    """The words for people in a Python file; a value put into them counts as one plain word."""
    path = Path(file)
    return _passages(file, _spoken(ast.parse(source), "api.py" if path.parent.name == "api" else path.name))


def _spoken(node: ast.AST, file_name: str) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else _VALUE for part in node.values]
        yield from _said(node.lineno, "".join(map(str, parts)))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):  # what is put in may hold words itself
                yield from _spoken(part.value, file_name)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from _said(node.lineno, node.value)
    elif isinstance(node, ast.Subscript):  # a key is no words, nor is the name of a type
        yield from _spoken(node.value, file_name)
    elif not _is_for_programmers(node, file_name):
        for child in ast.iter_child_nodes(node):
            yield from _spoken(child, file_name)


def _said(line: int, literal: str) -> Iterator[tuple[int, str]]:
    text = _tidy(_MARKUP.sub(" ", _PLACEHOLDER.sub(_VALUE, literal)))
    if _SAID.fullmatch(text):
        yield line, text


def _is_for_programmers(node: ast.AST, file_name: str) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()):  # a docstring
            return True
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name))):
            return name in _LOGS
        case ast.Raise(exc=ast.Call(func=ast.Name(id=name))):
            return name in _PROGRAMMERS_ERRORS
        case ast.FunctionDef(name=name):
            return name in _PROGRAMMERS_METHODS
        case ast.keyword(arg=name):
            return name in _REFERENCE_WORDS and file_name in _REFERENCE_FILES
    return False


def python_files() -> dict[str, Path]:
    """Every module of the product but migrations and the commands of its operators."""
    return {
        path.relative_to(ROOT).as_posix(): path
        for path in sorted(PROGRAMS.rglob("*.py"))
        if not {"migrations", "management"} & set(path.parts)
    }


def strings_in(source: str) -> set[str]:
    """Every string a Python file holds."""
    nodes = ast.walk(ast.parse(source))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def imports_in(source: str) -> set[str]:
    """What a Python file may import: the modules, and whatever it takes from them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


# --- scripts and styles ---

# A comment, or a literal in any of the three quotation marks.
_SCRIPT_PIECE = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"((?:\\.|[^"\\\n])*)"|'((?:\\.|[^'\\\n])*)'|`((?:\\.|[^`\\])*)`""", re.DOTALL
)
_STYLE_PIECE = re.compile(r"""\bcontent:\s*["']([^"']*)["']""")


def script_passages(file: str, source: str) -> list[Passage]:
    """The words for people in a script, or those that a style sheet puts into a page."""
    pieces = (_STYLE_PIECE if file.endswith(".css") else _SCRIPT_PIECE).finditer(source)
    literals = [(piece.start(), next(filter(None, piece.groups()), "")) for piece in pieces]
    return _passages(
        file,
        (
            said
            for start, text in literals
            for said in _said(source.count("\n", 0, start) + 1, re.sub(r"\$\{[^}]*\}", _VALUE, text))
        ),
    )


def scripts() -> dict[str, Path]:
    """The scripts and style sheets that are ours."""
    return {
        path.relative_to(ROOT).as_posix(): path
        for folder in (ROOT / "static", PROGRAMS)
        for ending in ("*.js", "*.mjs", "*.css")
        for path in sorted(folder.rglob(ending))
        if ".min." not in path.name
    }


# --- content ---


def content_passages(
    file: str, source: str, *, left_out: Collection[str], labels: Collection[str]
) -> list[Passage]:
    """Every text of a YAML file but those of the fields no patient reads. A field nobody named is read.

    However short, what is not among the `labels` has a grade of its own.
    """
    root = yaml.compose(source, Loader=yaml.SafeLoader)
    return [
        Passage(file, line, text, field in labels, field)
        for field, line, text in _scalars(root, "", left_out)
        if re.search("[A-Za-z]", text)
    ]


def _scalars(node: yaml.Node | None, field: str, left_out: Collection[str]) -> Iterator[tuple[str, int, str]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value not in left_out:
                yield from _scalars(value, key.value, left_out)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _scalars(value, field, left_out)
    elif isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:str":
        yield field, node.start_mark.line + 1, _tidy(node.value)


def content_files() -> dict[str, Path]:
    """Every file of the shipped library."""
    return {path.relative_to(ROOT).as_posix(): path for path in sorted(CONTENT.rglob("*")) if path.is_file()}
