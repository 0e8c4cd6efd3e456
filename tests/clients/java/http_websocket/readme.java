import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

class Main implements WebSocket.Listener {
  private final StringBuilder text = new StringBuilder();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  @Override
  public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
    text.append(part); // a message may come in parts
    if (last) {
      Show.show(text.toString());
      text.setLength(0);
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
  public void onError(WebSocket socket, Throwable error) {
    closed.completeExceptionally(error);
  }

  public static void main(String[] arguments) {
    Main listener = new Main();
    HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(URI.create(arguments[0]), listener).join();
    listener.closed.join();
  }
}
