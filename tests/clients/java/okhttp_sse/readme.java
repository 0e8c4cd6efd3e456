import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;

class Main {
  public static void main(String[] arguments) {
    OkHttpClient client = new OkHttpClient();
    Request request = new Request.Builder().url(arguments[0]).build();
    EventSources.createFactory(client).newEventSource(request, new EventSourceListener() {
      @Override
      public void onEvent(EventSource source, String id, String type, String data) {
        if (Show.show(data).type().equals("ended")) source.cancel();
      }

      @Override
      public void onClosed(EventSource source) {
        client.dispatcher().executorService().shutdown();
      }

      @Override
      public void onFailure(EventSource source, Throwable error, Response response) {
        System.err.println(error);
        client.dispatcher().executorService().shutdown();
      }
    });
  }
}
