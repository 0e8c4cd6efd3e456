// The poll with a cursor: what is new since the last time?
export async function follow(urls, show, interval = 1000) {
  for (let after = 0; ;) {
    try {
      const page = await (await fetch(`${urls.self}?after=${after}`)).json();
      page.events.forEach(show);
      after = page.next;
      if (page.events.at(-1)?.type === "ended") return;
      if (page.more) continue;
    } catch { /* the server is away: ask again */ }
    await new Promise((wake) => setTimeout(wake, interval));
  }
}
