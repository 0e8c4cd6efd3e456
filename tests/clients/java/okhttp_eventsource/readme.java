import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.MessageEvent;
import java.net.URI;

class Main {
  public static void main(String[] arguments) throws Exception {
    try (EventSource source = new EventSource.Builder(URI.create(arguments[0])).build()) {
      for (MessageEvent event : source.messages()) {
        if (Show.show(event.getData()).type().equals("ended")) break;
      }
    }
  }
}
