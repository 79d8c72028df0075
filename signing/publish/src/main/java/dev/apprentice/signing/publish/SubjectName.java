package dev.apprentice.signing.publish;

import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;

/** Names as certificates have them. */
final class SubjectName {
    private SubjectName() {}

    static X500Name of(String name) {
        return with(new X500NameBuilder(), BCStyle.CN, name).build();
    }

    static X500Name organization(String organization) {
        return with(new X500NameBuilder(), BCStyle.O, organization).build();
    }

    static X500Name of(String organization, String name) {
        return with(with(new X500NameBuilder(), BCStyle.O, organization), BCStyle.CN, name)
                .build();
    }

    private static X500NameBuilder with(X500NameBuilder builder, ASN1ObjectIdentifier kind, String value) {
        try {
            return builder.addRDN(kind, value);
        } catch (IllegalArgumentException e) {
            throw new SigningException(
                    Code.CERTIFICATE, "'" + value + "' cannot stand in a certificate: choose a shorter name", e);
        }
    }
}
