package dev.apprentice.llm.internal.jinja;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * A template in the part of Jinja that chat templates use, with Hugging Face's settings and functions: {@code raise_exception},
 * {@code strftime_now}, {@code namespace}, {@code range}. A template is hostile until shown otherwise: it sees texts, numbers, lists and
 * maps and nothing of Java, reads no files, and may cost no more than {@link Budget} says.
 */
public final class JinjaTemplate {
    private static final int LONGEST = 1 << 18;

    private final List<Node> nodes;

    private JinjaTemplate(List<Node> nodes) {
        this.nodes = nodes;
    }

    /**
     * Reads a template.
     *
     * @throws JinjaException if it is malformed, too long, or has a tag that is not supported
     */
    public static JinjaTemplate parse(String template) {
        if (template.length() > LONGEST) {
            throw JinjaException.template("has " + template.length() + " characters, more than " + LONGEST);
        }
        return new JinjaTemplate(TemplateParser.parse(template));
    }

    /**
     * Prints it.
     *
     * @param names strings, booleans, numbers, lists, and maps from strings to them
     * @throws JinjaException if it does what is not supported, costs too much, or refuses the input
     */
    public String render(Map<String, Object> names) {
        Budget budget = new Budget();
        Map<String, Object> global = new HashMap<>(functions(budget));
        names.forEach((name, value) -> global.put(name, Values.imported(value)));
        return new Renderer(budget).render(nodes, Scope.of(global));
    }

    private static Map<String, Values.Function> functions(Budget budget) {
        return Map.of(
                "raise_exception",
                (places, _) -> {
                    throw new JinjaException(JinjaException.Kind.INPUT, Values.text(Filters.argument(places, 0)));
                },
                "strftime_now",
                (places, _) -> date(Values.string(Filters.argument(places, 0))),
                "namespace",
                (_, names) -> new Values.Namespace(new LinkedHashMap<>(names)),
                "dict",
                (_, names) -> new LinkedHashMap<>(names),
                "range",
                (places, _) -> range(places, budget));
    }

    private static Object range(List<Object> places, Budget budget) {
        long from = places.size() > 1 ? bound(places, 0) : 0;
        long to = bound(places, places.size() > 1 ? 1 : 0);
        long step = places.size() > 2 ? bound(places, 2) : 1;
        if (step == 0) {
            throw JinjaException.template("has a range with steps of 0");
        }
        long count = step > 0 ? Math.ceilDiv(to - from, step) : Math.ceilDiv(from - to, -step);
        budget.spend(Math.max(0, count));
        return LongStream.range(0, Math.max(0, count))
                .mapToObj(i -> (Object) (from + i * step))
                .toList();
    }

    private static long bound(List<Object> places, int index) {
        return Math.clamp(Values.whole(Filters.argument(places, index)), -1_000_000_000L, 1_000_000_000L);
    }

    /** Today, in the directives that templates use. */
    private static String date(String format) {
        StringBuilder text = new StringBuilder();
        LocalDate today = LocalDate.now();
        for (int i = 0; i < format.length(); i++) {
            if (format.charAt(i) != '%' || i + 1 == format.length()) {
                text.append(format.charAt(i));
                continue;
            }
            String pattern = switch (format.charAt(++i)) {
                case 'Y' -> "uuuu";
                case 'm' -> "MM";
                case 'd' -> "dd";
                case 'b' -> "MMM";
                case 'B' -> "MMMM";
                case 'a' -> "EEE";
                case 'A' -> "EEEE";
                default -> throw JinjaException.template("asks for %" + format.charAt(i) + " of the date");
            };
            text.append(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(today));
        }
        return text.toString();
    }
}
