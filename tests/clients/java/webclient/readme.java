import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.reactive.function.client.WebClient;

class Main {
  public static void main(String[] arguments) {
    WebClient client = WebClient.create();
    client.get().uri(arguments[0]).retrieve()
        .bodyToFlux(new ParameterizedTypeReference<ServerSentEvent<String>>() {})
        .doOnNext(event -> Show.show(event.data() == null ? "" : event.data()))
        .blockLast();
  }
}
