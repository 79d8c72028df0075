package dev.apprentice.http.internal;

import dev.apprentice.http.Exchange;
import dev.apprentice.http.HttpException;
import dev.apprentice.http.Routes.Access;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Files of a bundle under a prefix. A name is a plain word with an extension known here, so that nothing but assets is served.
 *
 * @param prefix segments before the file's own
 */
record Assets(List<String> prefix, ClassLoader loader, String root) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");

    private static final Map<String, String> TYPES = Map.of(
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml",
            "png", "image/png",
            "ico", "image/x-icon",
            "woff2", "font/woff2",
            "txt", "text/plain; charset=utf-8");

    boolean covers(List<String> path) {
        return path.size() > prefix.size() && path.subList(0, prefix.size()).equals(prefix);
    }

    Route route(List<String> path) {
        List<String> names = path.subList(prefix.size(), path.size());
        return new Route("GET", new PathPattern(path), Access.PUBLIC, exchange -> answer(exchange, names));
    }

    private void answer(Exchange exchange, List<String> names) throws IOException {
        String last = names.getLast();
        String type = TYPES.get(last.substring(last.lastIndexOf('.') + 1));
        boolean plain = names.stream().allMatch(name -> NAME.matcher(name).matches());
        try (InputStream file =
                plain && type != null ? loader.getResourceAsStream(root + "/" + String.join("/", names)) : null) {
            if (file == null || type == null) {
                throw new HttpException(404, "not_found", "There is no such file: check its spelling");
            }
            ((JavalinExchange) exchange).answerAsset(type, file.readAllBytes());
        }
    }
}
