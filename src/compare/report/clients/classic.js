// The classic poll: ask until the whole job is done.
export async function follow(urls, show) {
  for (;;) {
    try {
      const answer = await fetch(urls.results);
      if (answer.ok) {
        const { results, ended } = await answer.json();
        [...results, ended].forEach(show);
        return;
      }
    } catch { /* the server is away: ask again */ }
    await new Promise((wake) => setTimeout(wake, 1000));
  }
}
