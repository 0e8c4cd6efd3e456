import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.stream.Stream;

class Main {
  private static int last = 0;
  private static boolean done = false;

  private static void follow(HttpClient client, String url) throws InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + "?after=" + last))
        .header("Accept", "application/x-ndjson").build();
    try {
      HttpResponse<Stream<String>> response = client.send(request, BodyHandlers.ofLines());
      if (response.statusCode() >= 500) return; // 503 is a proxy's while it has no gateway
      if (response.statusCode() >= 400) throw new IllegalStateException("refused: " + response.statusCode());
      response.body().forEach(line -> {
        Show.Event event = Show.show(line);
        if (event.seq() != null) last = event.seq(); // `heartbeat` and `reconnect` have none
        done = done || event.type().equals("ended");
      });
    } catch (IOException | UncheckedIOException error) { // no connection, or one that was cut
      System.err.println(error);
    }
  }

  public static void main(String[] arguments) throws InterruptedException {
    HttpClient client = HttpClient.newHttpClient();
    while (!done) {
      follow(client, arguments[0]);
      if (!done) Thread.sleep(2000);
    }
  }
}
