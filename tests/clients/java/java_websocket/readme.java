import java.net.URI;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.handshake.ServerHandshake;

class Main extends WebSocketClient {
  Main(URI uri) {
    super(uri);
  }

  @Override
  public void onOpen(ServerHandshake handshake) {}

  @Override
  public void onMessage(String message) {
    Show.show(message);
  }

  @Override
  public void onClose(int code, String reason, boolean remote) {}

  @Override
  public void onError(Exception error) {
    System.err.println(error);
  }

  public static void main(String[] arguments) {
    new Main(URI.create(arguments[0])).connect();
  }
}
