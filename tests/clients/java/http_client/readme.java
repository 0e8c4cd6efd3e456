import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

class Main {
  public static void main(String[] arguments) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(arguments[0])).header("Accept", "application/x-ndjson").build();
    HttpClient.newHttpClient().send(request, BodyHandlers.ofLines()).body().forEach(Show::show);
  }
}
