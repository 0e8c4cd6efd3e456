import java.net.URI;
import java.util.concurrent.CountDownLatch;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.handshake.ServerHandshake;

class Main extends WebSocketClient {
  private static volatile int last = 0;
  private static volatile boolean done = false;

  private final CountDownLatch closed = new CountDownLatch(1);

  Main(String url) {
    super(URI.create(url + "?after=" + last));
  }

  @Override
  public void onOpen(ServerHandshake handshake) {}

  @Override
  public void onMessage(String message) {
    Show.Event event = Show.show(message);
    if (event.seq() != null) last = event.seq();
    done = done || event.type().equals("ended");
  }

  @Override
  public void onClose(int code, String reason, boolean remote) { // also after a refused connection
    closed.countDown();
  }

  @Override
  public void onError(Exception error) {
    System.err.println(error);
  }

  public static void main(String[] arguments) throws InterruptedException {
    while (true) {
      Main socket = new Main(arguments[0]);
      socket.connect();
      socket.closed.await();
      if (done) return;
      Thread.sleep(2000);
    }
  }
}
