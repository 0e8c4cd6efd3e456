// Where a task stands that waits for a processor, in words. Pure.
import { timeOf } from "../shared/clock.js";
import { count } from "../shared/words.js";

// An estimate deserves no more digits.
function roughly(ms) {
  if (ms < 90_000) return `${Math.ceil(ms / 1000)} s`;
  return ms < 5_400_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

// `place`: the signal `queued`, or that member of a poll.
export function placeInWords(place, now) {
  const words = [place.ahead === 0 ? "Next in line" : `${count(place.ahead, "task is", "tasks are")} before it`];
  if (place.slots === 0) words.push("no processor takes this kind");
  else if (place.slots !== null) words.push(`${place.free_slots} of ${count(place.slots, "slot")} free`);
  const wait = place.expected_at ? timeOf(place.expected_at) - now : NaN;
  words.push(wait < 1000 ? "begins any moment" : wait ? `begins in about ${roughly(wait)}` : "nobody can say yet when it begins");
  return `${words.join(", ")}.`;
}
