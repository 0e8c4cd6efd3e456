import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

class Main implements WebSocket.Listener {
  private static volatile int last = 0;
  private static volatile boolean done = false;

  private final StringBuilder text = new StringBuilder();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  @Override
  public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean whole) {
    text.append(part); // a message may come in parts
    if (whole) {
      Show.Event event = Show.show(text.toString());
      text.setLength(0);
      if (event.seq() != null) last = event.seq();
      done = done || event.type().equals("ended");
    }
    socket.request(1);
    return null;
  }

  @Override
  public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
    closed.complete(null);
    return null;
  }

  @Override
  public void onError(WebSocket socket, Throwable error) { // a cut; no onClose follows
    closed.completeExceptionally(error);
  }

  public static void main(String[] arguments) throws InterruptedException {
    HttpClient client = HttpClient.newHttpClient();
    while (true) {
      Main listener = new Main();
      try {
        client.newWebSocketBuilder().buildAsync(URI.create(arguments[0] + "?after=" + last), listener).join();
        listener.closed.join();
      } catch (CompletionException error) {
        System.err.println(error.getCause());
      }
      if (done) return;
      Thread.sleep(2000);
    }
  }
}
