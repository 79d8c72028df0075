package dev.apprentice.http.internal;

import dev.apprentice.http.Exchange.Upload;
import dev.apprentice.http.HttpException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@code multipart/form-data} body (RFC 7578), read in memory: no file of it ever lies in a shared folder (CVE-2023-27899).
 *
 * @param fields parts without a file name
 * @param uploads parts with one
 */
record Multipart(Map<String, String> fields, List<Upload> uploads) {
    private static final int MOST_PARTS = 64;
    private static final int LONGEST_HEAD = 4096;
    private static final Pattern BOUNDARY =
            Pattern.compile(";\\s*boundary=\"?([A-Za-z0-9'()+_,./:=?-]{1,70})\"?\\s*(;|$)");
    private static final Pattern NAME =
            Pattern.compile("(?i)content-disposition:\\s*form-data\\s*;.*?\\bname=\"([^\"]*)\"");
    private static final Pattern FILE_NAME = Pattern.compile("(?i);\\s*filename=\"([^\"]*)\"");
    private static final byte[] BLANK_LINE = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    static Multipart parse(String contentType, byte[] body) {
        Matcher boundary = BOUNDARY.matcher(contentType);
        if (!boundary.find()) {
            throw refused("its boundary is missing or malformed");
        }
        byte[] delimiter = ("\r\n--" + boundary.group(1)).getBytes(StandardCharsets.US_ASCII);
        Multipart result = new Multipart(new LinkedHashMap<>(), new ArrayList<>());
        int position = delimiter.length - 2;
        if (!startsWith(body, 0, Arrays.copyOfRange(delimiter, 2, delimiter.length))) {
            throw refused("it does not begin with its boundary");
        }
        for (int part = 0; part < MOST_PARTS; part++) {
            if (startsWith(body, position, new byte[] {'-', '-'})) {
                return result;
            }
            if (!startsWith(body, position, new byte[] {'\r', '\n'})) {
                throw refused("a boundary is not followed by a line break");
            }
            int headEnd = indexOf(body, BLANK_LINE, position);
            int end = headEnd < 0 ? -1 : indexOf(body, delimiter, headEnd + 2);
            if (headEnd - position > LONGEST_HEAD || end < 0) {
                throw refused("a part has no end");
            }
            int start = Math.min(headEnd + BLANK_LINE.length, end);
            String head = new String(body, position, headEnd - position, StandardCharsets.UTF_8);
            result.add(head, Arrays.copyOfRange(body, start, end));
            position = end + delimiter.length;
        }
        throw refused("it has more than " + MOST_PARTS + " parts");
    }

    private void add(String head, byte[] content) {
        Matcher name = NAME.matcher(head);
        if (!name.find()) {
            throw refused("a part has no name");
        }
        Matcher fileName = FILE_NAME.matcher(head);
        if (fileName.find()) {
            uploads.add(new Upload(name.group(1), fileName.group(1), content));
        } else {
            fields.putIfAbsent(name.group(1), new String(content, StandardCharsets.UTF_8));
        }
    }

    private static boolean startsWith(byte[] body, int position, byte[] wanted) {
        int end = position + wanted.length;
        return end <= body.length && Arrays.equals(body, position, end, wanted, 0, wanted.length);
    }

    private static int indexOf(byte[] body, byte[] wanted, int from) {
        for (int i = from; i <= body.length - wanted.length; i++) {
            if (body[i] == wanted[0] && startsWith(body, i, wanted)) {
                return i;
            }
        }
        return -1;
    }

    private static HttpException refused(String reason) {
        return new HttpException(400, "bad_form", "The multipart form is malformed: " + reason);
    }
}
