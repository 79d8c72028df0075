package dev.apprentice.http.internal;

import dev.apprentice.http.HttpException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A path with parameters, such as {@code /api/skills/{id}}. */
record PathPattern(List<String> segments) {
    PathPattern {
        segments = List.copyOf(segments);
    }

    static PathPattern parse(String path) {
        if (!path.startsWith("/") || (path.length() > 1 && path.endsWith("/"))) {
            throw new HttpException(
                    500, "bad_route", "The route " + path + " must begin with / and not end with it: mend it");
        }
        return new PathPattern(
                path.equals("/") ? List.of() : List.of(path.substring(1).split("/")));
    }

    /** The parameters, if the path fits. */
    Optional<Map<String, String>> match(List<String> path) {
        if (path.size() != segments.size()) {
            return Optional.empty();
        }
        Map<String, String> parameters = new TreeMap<>();
        for (int i = 0; i < path.size(); i++) {
            String segment = segments.get(i);
            if (isParameter(segment)) {
                parameters.put(segment.substring(1, segment.length() - 1), path.get(i));
            } else if (!segment.equals(path.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(parameters);
    }

    /** Whether both fit exactly the same paths. */
    boolean sameAs(PathPattern other) {
        return shape().equals(other.shape());
    }

    /** How many segments are fixed: the more, the better the fit. */
    long literals() {
        return segments.stream().filter(segment -> !isParameter(segment)).count();
    }

    private List<String> shape() {
        return segments.stream()
                .map(segment -> isParameter(segment) ? "{}" : segment)
                .toList();
    }

    private static boolean isParameter(String segment) {
        return segment.startsWith("{") && segment.endsWith("}");
    }
}
