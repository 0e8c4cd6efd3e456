import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;

class Main {
  private static volatile String last = "0";

  /** One connection; true at `ended`. */
  private static boolean follow(OkHttpClient client, String url) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    Request request = new Request.Builder().url(url).header("Last-Event-ID", last).build();
    EventSource source = EventSources.createFactory(client).newEventSource(request, new EventSourceListener() {
      @Override
      public void onEvent(EventSource source, String id, String type, String data) {
        if (id != null) last = id;
        if (Show.show(data).type().equals("ended")) done.complete(true);
      }

      @Override
      public void onClosed(EventSource source) {
        done.complete(false);
      }

      @Override
      public void onFailure(EventSource source, Throwable error, Response response) { // with a response of 200 at a cut
        System.err.println(error);
        done.complete(false);
      }
    });
    boolean ended = done.join();
    source.cancel();
    return ended;
  }

  public static void main(String[] arguments) throws InterruptedException {
    // By itself it gives up after 10 quiet seconds; the server gives a sign of life every 15.
    OkHttpClient client = new OkHttpClient.Builder().readTimeout(Duration.ofSeconds(40)).build();
    while (!follow(client, arguments[0])) Thread.sleep(2000);
    client.dispatcher().executorService().shutdown();
  }
}
