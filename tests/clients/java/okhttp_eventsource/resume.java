import com.launchdarkly.eventsource.ErrorStrategy;
import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.MessageEvent;
import java.net.URI;

class Main {
  public static void main(String[] arguments) throws Exception {
    // Otherwise the loop ends at a cut, without an exception.
    EventSource.Builder builder = new EventSource.Builder(URI.create(arguments[0])).errorStrategy(ErrorStrategy.alwaysContinue());
    try (EventSource source = builder.build()) {
      for (MessageEvent event : source.messages()) {
        if (Show.show(event.getData()).type().equals("ended")) break;
      }
    }
  }
}
