// What every program here does with an event, in place of something useful: prints one line about it, and returns it; of an
// empty one, { type: "" }.
export function show(text) {
  const event = text ? JSON.parse(text) : { type: "" };
  console.log(JSON.stringify({ type: event.type, seq: event.seq ?? null, at: Date.now() }));
  return event;
}
