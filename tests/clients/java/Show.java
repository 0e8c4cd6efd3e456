import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What every program here does with an event, in place of something useful. */
class Show {
  record Event(String type, Integer seq) {}

  private static final Pattern TYPE = Pattern.compile("\"type\":\"([a-z]+)\"");
  private static final Pattern SEQ = Pattern.compile("\"seq\":(\\d+)");

  /** Prints one line about an event, and returns it; of an empty one, an event without a type. */
  static Event show(String text) {
    Matcher type = TYPE.matcher(text), seq = SEQ.matcher(text);
    Event event = new Event(type.find() ? type.group(1) : "", seq.find() ? Integer.valueOf(seq.group(1)) : null);
    System.out.printf("{\"type\":\"%s\",\"seq\":%s,\"at\":%d}%n", event.type(), event.seq(), System.currentTimeMillis());
    return event;
  }
}
