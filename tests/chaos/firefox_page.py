"""The page that subscribes, and the service worker that says what it decrypted and showed."""

PAGE = """<!doctype html>
<meta charset="utf-8"><title>Push</title>
<script>
async function subscribe(key) {
  const registration = await navigator.serviceWorker.register("/worker.js");
  await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: key,
  });
  return JSON.stringify(subscription);
}
</script>
"""

SERVICE_WORKER = """
self.addEventListener("push", (event) => event.waitUntil(show(event.data.json())));

async function show(message) {
  const seen = { ...message, visible: 0, error: "" };
  try {
    await self.registration.showNotification("A test", { tag: message.id });
    seen.visible = (await self.registration.getNotifications({ tag: message.id })).length;
  } catch (error) {
    seen.error = `${error}`;
  }
  await fetch("/shown", { method: "POST", body: JSON.stringify(seen) });
}
"""
