// Plays the clips one after the other: the first as soon as it is here, each next one when it is there and due.
import { element } from "../shared/dom.js";
import { size } from "../shared/words.js";

export function makePlayer(video, list, nowPlaying) {
  let clips = [];
  let current = -1;
  let waiting = true;  // nothing plays: the next clip that comes starts at once

  function play(index) {
    current = index;
    waiting = false;
    const clip = clips[index];
    video.src = clip.url;
    video.play().catch(() => { /* the browser wants a click first: the controls are there */ });
    nowPlaying.textContent = `Clip ${clip.index + 1}: ${clip.start.toFixed(1)} s to ${clip.end.toFixed(1)} s`;
    list.querySelectorAll("button").forEach((b, i) => b.setAttribute("aria-current", String(i === index)));
  }

  video.addEventListener("ended", () => {
    if (current + 1 < clips.length) play(current + 1);
    else waiting = true;
  });

  return {
    clear() {
      clips = [];
      current = -1;
      waiting = true;
      video.removeAttribute("src");
      video.load();
      list.replaceChildren();
      nowPlaying.textContent = "";
    },
    add(clip) {
      const index = clips.push(clip) - 1;
      const button = element("button", {
        type: "button", textContent: clip.index + 1, ariaLabel: `Play clip ${clip.index + 1}`,
        title: `${clip.start.toFixed(1)}–${clip.end.toFixed(1)} s, ${size(clip.bytes)}`,
      });
      button.addEventListener("click", () => play(index));
      list.append(element("li", {}, button));
      if (waiting && index === current + 1) play(index);
    },
  };
}
