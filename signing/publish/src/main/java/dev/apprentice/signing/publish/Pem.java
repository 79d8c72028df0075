package dev.apprentice.signing.publish;

import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;

/** Certificates and requests for them as PEM text. */
final class Pem {
    private Pem() {}

    static String text(List<?> items) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
            for (Object item : items) {
                pem.writeObject(item);
            }
        } catch (IOException e) {
            throw new SigningException(Code.FAILED, "PEM text could not be written: " + e.getMessage(), e);
        }
        return text.toString();
    }

    static List<X509CertificateHolder> certificates(String text) {
        return all(text, X509CertificateHolder.class, "certificates");
    }

    /** All items of a text, which must all be of one kind. */
    static <T> List<T> all(String text, Class<T> kind, String name) {
        List<T> items = new ArrayList<>();
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            for (Object item = parser.readObject(); item != null; item = parser.readObject()) {
                items.add(kind.cast(item));
            }
        } catch (IOException | ClassCastException e) {
            throw new SigningException(
                    Code.CERTIFICATE, "The PEM text holds something other than " + name + ": get the file again", e);
        }
        return items;
    }
}
