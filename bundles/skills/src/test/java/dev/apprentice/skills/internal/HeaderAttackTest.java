package dev.apprentice.skills.internal;

import dev.apprentice.skills.SkillException.Code;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Headers by which a bundle would get more than a skill may have, from a trusted publisher and with a good signature. */
class HeaderAttackTest extends AttackedShelf {
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "Fragment-Host|org.apache.felix.framework;extension:=framework",
                "Fragment-Host|dev.apprentice.skills",
                "ExtensionBundle-Activator|evil.Activator",
                "Bundle-Activator|evil.Activator",
                "Export-Package|dev.apprentice.store;version=99",
                "Bundle-UpdateLocation|http://example.org/evil.jar",
                "Bundle-ClassPath|.,../../evil.jar",
                "Bundle-NativeCode|evil.so;osname=Linux",
                "DynamicImport-Package|*",
                "Require-Bundle|dev.apprentice.store",
                "Bundle-SymbolicName|dev.apprentice.store",
                "Import-Package|org.osgi.framework",
                "Service-Component|OSGI-INF/evil.xml",
                "Provide-Capability|osgi.extender;osgi.extender=evil"
            })
    void isRefusedWithItsName(String header, String value) {
        Refused.with(shelf, TestShelf.signed(new SkillJar("1.1.0").header(header, value)), Code.ADMISSION, header);
    }
}
