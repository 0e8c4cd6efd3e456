import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.publisher.Flux;
import reactor.util.retry.Retry;

class Main {
  private static boolean isFinal(Throwable error) { // a task that is not known, for example
    return error instanceof WebClientResponseException refused && refused.getStatusCode().is4xxClientError();
  }

  public static void main(String[] arguments) {
    // By itself it takes no line of more than 256 KiB.
    WebClient client = WebClient.builder().codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(2 << 20)).build();
    AtomicReference<String> last = new AtomicReference<>("0");
    Flux.defer(() -> client.get().uri(arguments[0]).header("Last-Event-ID", last.get())
            .accept(MediaType.TEXT_EVENT_STREAM).retrieve()
            .bodyToFlux(new ParameterizedTypeReference<ServerSentEvent<String>>() {}))
        .doOnNext(event -> last.set(event.id() == null ? last.get() : event.id()))
        .map(event -> Show.show(event.data()))
        .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, Duration.ofSeconds(2)).filter(error -> !isFinal(error)))
        .repeatWhen(ends -> ends.delayElements(Duration.ofSeconds(2))) // an end may be a cut, too
        .takeUntil(event -> event.type().equals("ended"))
        .blockLast();
  }
}
