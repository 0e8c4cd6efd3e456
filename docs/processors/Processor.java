// Does tasks of the kind "fourfold": each word of {"text": "…"} four times over is a result. Needs only: kafka-clients, jackson-databind
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.*;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.*;

public class Processor {
  static final String BROKERS = System.getenv().getOrDefault("BROKERS", "localhost:9092");
  static final String SOURCE = "fourfold/" + UUID.randomUUID(); // this process, and not the one before it
  static final ObjectMapper JSON = new ObjectMapper();

  /** One attempt at a task, and what it says on the response topic. */
  record Run(ConsumerRecord<byte[], byte[]> request, Producer<byte[], byte[]> answers, String id, int[] seq) {
    void say(String what, Object data) throws Exception {
      var answer = new ProducerRecord<>("response", request.partition(), request.key(), JSON.writeValueAsBytes(data));
      Map.of("ce_specversion", "1.0", "ce_id", UUID.randomUUID(), "ce_source", SOURCE, "ce_subject", "fourfold",
             "ce_type", "streamdemo.task." + what, "ce_time", Instant.now(), "ce_run", id, "ce_runseq", seq[0] + 1,
             "content-type", "application/json")
          .forEach((name, value) -> answer.headers().add(name, value.toString().getBytes()));
      answers.send(answer).get();
      ++seq[0]; // one that was refused takes no number
    }

    void work() throws Exception {
      say("started", Map.of());
      Map<String, ?> end = Map.of("status", "succeeded");
      try {
        var text = JSON.readTree(request.value()).get("text");
        if (text == null || !text.isTextual()) throw new IOException("text is missing");
        for (var word : text.asText().split(" ")) {
          Thread.sleep(200); // the long part
          say("result", Map.of("word", word.repeat(4)));
        }
      } catch (IOException | ExecutionException wrong) {
        if (wrong instanceof ExecutionException && !(wrong.getCause() instanceof RecordTooLargeException)) throw wrong;
        end = Map.of("status", "failed", "error", Map.of("message", wrong.toString())); // of this task, so it ends and not the program
      }
      say("ended", end);
    }
  }

  public static void main(String[] args) throws Exception {
    // With group.protocol=consumer only what this member gives up waits for its next poll, and the session is kept in the background.
    var reading = Map.<String, Object>of("bootstrap.servers", BROKERS, "group.id", "fourfold-processors", "group.protocol", "consumer",
        "auto.offset.reset", "earliest", "enable.auto.commit", false, "max.poll.records", 1, "max.poll.interval.ms", 3_600_000);
    var writing = Map.<String, Object>of("bootstrap.servers", BROKERS, "acks", "all");
    try (var requests = new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer());
         var answers = new KafkaProducer<>(writing, new ByteArraySerializer(), new ByteArraySerializer())) {
      requests.subscribe(List.of("request.fourfold"));
      while (true) {
        for (var request : requests.poll(Duration.ofSeconds(1))) {
          new Run(request, answers, UUID.randomUUID().toString(), new int[1]).work();
          requests.commitSync();
        }
      }
    }
  }
}
