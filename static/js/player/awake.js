/**
 * Keeps the screen on while somebody exercises beside it, where the browser can.
 *
 *   const screen = awake({ onChange(isHeld) {} });
 *   screen.hold();       in a tap: some phones refuse otherwise
 *   screen.release();    the session is over
 *   screen.isHeld        false while it is wanted: tell how to turn off the lock of the phone
 */

/** @param {{onChange?: (isHeld: boolean) => void}} options */
export function awake({ onChange = () => {} } = {}) {
  /** @type {WakeLockSentinel | null} */
  let lock = null;
  let isWanted = false;
  let isAsking = false;

  async function ask() {
    if (!isWanted || lock || isAsking || document.hidden) return;
    isAsking = true;
    const got = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
    isAsking = false;
    // Let go of while it was on its way.
    if (!isWanted) return void got?.release().catch(() => undefined);
    lock = got;
    got?.addEventListener("release", () => {
      if (lock !== got) return;
      lock = null;
      onChange(false);
    });
    onChange(lock !== null);
  }

  async function hold() {
    isWanted = true;
    await ask();
    return lock !== null;
  }

  async function release() {
    isWanted = false;
    const held = lock;
    lock = null;
    await held?.release().catch(() => undefined);
  }

  // A page that was hidden lost it.
  document.addEventListener("visibilitychange", ask);

  return {
    hold,
    release,
    get isHeld() {
      return lock !== null;
    },
  };
}
