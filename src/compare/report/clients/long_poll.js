// The long poll: the server answers when there is something new.
export async function follow(urls, show) {
  for (let after = 0; ;) {
    try {
      const page = await (await fetch(`${urls.self}?after=${after}`, { headers: { Prefer: "wait=25" } })).json();
      page.events.forEach(show);
      after = page.next;
      if (page.events.at(-1)?.type === "ended") return;
    } catch {
      await new Promise((wake) => setTimeout(wake, 1000));
    }
  }
}
