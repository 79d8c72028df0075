package dev.apprentice.http.internal;

import dev.apprentice.http.HttpException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Reads a request's body within the limits of size and time. */
final class Body {
    private Body() {}

    static byte[] read(HttpServletRequest request, Limits limits) {
        String type = request.getContentType();
        boolean upload = type != null && type.startsWith("multipart/form-data");
        int most = upload ? limits.uploadBytes() : limits.bodyBytes();
        if (request.getContentLengthLong() > most) {
            throw tooLarge(most);
        }
        long deadline = System.nanoTime() + limits.bodyTime().toNanos();
        ByteArrayOutputStream body = new ByteArrayOutputStream((int) Math.max(64, request.getContentLengthLong()));
        byte[] buffer = new byte[64 << 10];
        try {
            InputStream in = request.getInputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                body.write(buffer, 0, read);
                if (body.size() > most) {
                    throw tooLarge(most);
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new HttpException(408, "too_slow", "The body took too long to arrive: send it faster");
                }
            }
        } catch (IOException e) {
            throw new HttpException(400, "body_broken_off", "The body broke off: send it again");
        }
        return body.toByteArray();
    }

    private static HttpException tooLarge(int most) {
        return new HttpException(413, "too_large", "The body is larger than " + (most >> 10) + " KiB: send less");
    }
}
