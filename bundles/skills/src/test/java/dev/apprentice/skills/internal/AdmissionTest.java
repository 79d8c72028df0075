package dev.apprentice.skills.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.skills.Permission;
import dev.apprentice.skills.SkillException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest {
    private static final String CODE = """
            package sample;
            public final class Code implements dev.apprentice.skill.SkillExtension {
                %s
            }
            """;

    @Test
    void skillOfDataIsAdmitted() {
        AdmittedSkill skill = Admission.admit(new SkillJar("1.2.3").build());
        assertThat(skill.descriptor().version()).isEqualTo(new SkillVersion(1, 2, 3));
        assertThat(skill.validation()).hasSize(2);
        assertThat(skill.classes()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Fragment-Host|system.bundle;extension:=framework",
                "Fragment-Host|dev.apprentice.skills",
                "ExtensionBundle-Activator|evil.Activator",
                "Bundle-Activator|evil.Activator",
                "Export-Package|dev.apprentice.store",
                "Bundle-UpdateLocation|http://example.org/evil.jar",
                "Bundle-ClassPath|.,lib/evil.jar",
                "Bundle-NativeCode|evil.so",
                "DynamicImport-Package|*",
                "Require-Bundle|org.apache.felix.framework",
                "Import-Package|org.osgi.framework",
                "Import-Package|dev.apprentice.skill",
                "Service-Component|OSGI-INF/evil.xml",
                "Provide-Capability|osgi.extender",
                "Require-Capability|osgi.extender;filter:=\"(a=b)\"",
                "Bundle-ActivationPolicy|lazy",
                "Multi-Release|true",
                "Class-Path|evil.jar",
                "Launcher-Agent-Class|evil.Agent",
                "Bundle-SymbolicName|dev.apprentice.skills",
                "Bundle-SymbolicName|skill.test;singleton:=true",
                "Bundle-Version|2.0.0",
                "X-Anything|at all"
            })
    void headerThatNoSkillMayHaveIsRefused(String name, String value) {
        byte[] jar = new SkillJar("1.0.0").header(name, value).build();
        assertThatThrownBy(() -> Admission.admit(jar))
                .isInstanceOf(SkillException.class)
                .hasMessageContaining(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\nName: adapter/\r\nEvil: yes\r\n",
                "bundle-version: 1.0.0\r\n",
                "Bundle-Name: a\rBundle-Activator: evil.A\r\n",
                "Bundle-Name: no line end",
                " continued\r\nBundle Name: x\r\n"
            })
    void manifestThatReadersTakeDifferentlyIsRefused(String more) {
        String manifest =
                "Manifest-Version: 1.0\r\nBundle-ManifestVersion: 2\r\nBundle-SymbolicName: skill.test\r\nBundle-Version: 1.0.0\r\n";
        byte[] jar = new SkillJar("1.0.0").build(manifest + more);
        assertThatThrownBy(() -> Admission.admit(jar))
                .isInstanceOf(SkillException.class)
                .hasMessageContaining("anifest");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"id\":|\"surprise\": 1, \"id\":|surprise",
                "\"id\":|\"id\": \"other\", \"id\":|id",
                "\"id\": \"test\"|\"id\": \"Test!\"|id",
                "\"id\": \"test\",||id",
                "\"version\": \"1.0.0\"|\"version\": \"1.0\"|version",
                "\"maxTokens\": 8|\"maxTokens\": 99999999|maxTokens",
                "\"maxTokens\": 8|\"heat\": 1|heat",
                "{prompt}|{text}|prompt",
                "sha256:|md5:|digest",
                "\"adapter\": \"adapter\"|\"adapter\": \"other\"|other/adapter_config.json",
                "\"adapter\": \"adapter\",||blankAdapter",
                "\"adapter\": \"adapter\"|\"adapter\": \"adapter\", \"blankAdapter\": {}|blankAdapter",
                "\"adapter\": \"adapter\"|\"blankAdapter\": {\"rank\": 0}|rank",
                "\"adapter\": \"adapter\"|\"blankAdapter\": {\"targets\": [\"x_proj\"]}|x_proj",
                "\"validation\": \"validation.txt\"|\"validation\": \"none.txt\"|none.txt",
                "\"id\":|\"permissions\": [\"network\"], \"id\":|there are files",
                "\"id\":|\"permissions\": [\"files\", \"files\"], \"id\":|files twice",
                "\"id\":|\"permissions\": [\"files\"], \"id\":|data only",
                "\"id\":|\"learning\": {\"learningRate\": 1e300}, \"id\":|learningRate",
                "\"id\":|\"learning\": {\"bufferSize\": 1.5}, \"id\":|whole",
                "\"id\":|\"learning\": {\"sorcery\": 1}, \"id\":|sorcery",
                "\"id\":|\"code\": \"sample.Code\", \"id\":|sample.Code"
            })
    void wrongDescriptorIsRefusedByName(String old, String replacement, String named) {
        byte[] jar = new SkillJar("1.0.0")
                .describe(old, replacement == null ? "" : replacement)
                .build();
        assertThatThrownBy(() -> Admission.admit(jar))
                .isInstanceOfAny(SkillException.class, SigningException.class)
                .hasMessageContaining(named);
    }

    @Test
    void learningSettingsAreOverridden() {
        byte[] jar = new SkillJar("1.0.0")
                .describe("\"id\":", "\"learning\": {\"bufferSize\": 99, \"learningRate\": 0.5}, \"id\":")
                .build();
        assertThat(Admission.admit(jar).descriptor().learning().bufferSize()).isEqualTo(99);
        assertThat(Admission.admit(jar).descriptor().learning().learningRate()).isEqualTo(0.5);
    }

    @Test
    void classInSkillOfDataIsRefused() {
        byte[] jar = new SkillJar("1.0.0").text("sample/Evil.CLASS", "x").build();
        assertThatThrownBy(() -> Admission.admit(jar)).hasMessageContaining("sample/Evil.CLASS");
    }

    @Test
    void harmlessCodeIsAdmitted() {
        String body = """
                record Pair(String left, int right) {}
                sealed interface Shape permits Circle, Square {}
                record Circle(double radius) implements Shape {}
                record Square(double side) implements Shape {}
                enum Colour { RED, GREEN }
                static double area(Shape shape) {
                    return switch (shape) { case Circle c -> Math.PI * c.radius(); case Square s -> s.side(); };
                }
                @Override public String prepare(dev.apprentice.skill.SkillPrompt prompt) {
                    java.util.List<String> parts = new java.util.ArrayList<>(java.util.List.of(prompt.text().split(",")));
                    java.util.function.UnaryOperator<String> twice = text -> text + text + parts.size();
                    String found = switch (prompt.suffix()) { case "a" -> "b"; default -> Colour.RED.toString(); };
                    return parts.stream().map(twice).collect(java.util.stream.Collectors.joining()) + new Pair(found, 1) + area(new Circle(1));
                }
                """;
        AdmittedSkill skill = Admission.admit(
                new SkillJar("1.0.0").code("sample.Code", CODE.formatted(body)).build());
        assertThat(skill.classes()).contains("sample.Code", "sample.Code$Pair");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "exit|System.exit(1);|java.lang.System.exit",
                "exec|Runtime.getRuntime().exec(\"id\");|java.lang.Runtime",
                "process|new ProcessBuilder(\"id\").start();|java.lang.Process",
                "thread|new Thread(() -> {}).start();|java.lang.Thread",
                "timer|new java.util.Timer(true);|java.util.Timer",
                "thread local|new ThreadLocal<String>().set(\"x\");|java.lang.ThreadLocal",
                "pool|java.util.concurrent.ForkJoinPool.commonPool();|java.util.concurrent",
                "parallel stream|java.util.List.of(1).parallelStream().count();|parallelStream",
                "file|new java.io.File(\"/etc/passwd\").delete();|java.io.File",
                "formatter|new java.util.Formatter(\"/tmp/x\").close();|java.util.Formatter",
                "path|java.nio.file.Files.delete(java.nio.file.Path.of(\"x\"));|java.nio.file",
                "socket|new java.net.Socket(\"localhost\", 1).close();|java.net.Socket",
                "class by name|Class.forName(\"java.lang.Runtime\");|forName",
                "reflection|getClass().getDeclaredMethods()[0].setAccessible(true);|java.lang.Class.getDeclaredMethods",
                "class loader|getClass().getClassLoader().loadClass(\"x\");|getClassLoader",
                "method handles|java.lang.invoke.MethodHandles.lookup();|MethodHandles",
                "foreign memory|java.lang.foreign.Linker.nativeLinker();|java.lang.foreign",
                "service loader|java.util.ServiceLoader.load(Runnable.class);|java.lang.Runnable",
                "property|System.getProperty(\"user.home\");|getProperty",
                "environment|System.getenv(\"HOME\");|getenv",
                "standard output|System.out.println();|java.lang.System.out",
                "default locale|java.util.Locale.setDefault(java.util.Locale.ROOT);|setDefault",
                "waiting|synchronized (this) { wait(); }|wait",
                "framework|org.osgi.framework.FrameworkUtil.getBundle(getClass());|org.osgi.framework",
                "platform|new dev.apprentice.learning.LearningException(null, null);|dev.apprentice.learning"
            })
    void codeThatReachesOutIsRefused(String what, String statement, String reference) {
        String body = "@Override public String finish(String answer) { try { " + statement
                + " } catch (Throwable t) { } return answer; }";
        byte[] jar =
                new SkillJar("1.0.0").code("sample.Code", CODE.formatted(body)).build();
        assertThatThrownBy(() -> Admission.admit(jar))
                .describedAs(what)
                .isInstanceOf(SkillException.class)
                .hasMessageContaining("sample.Code")
                .hasMessageContaining(reference);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "files|java.util.function.Consumer<dev.apprentice.skill.SkillFiles> c = files -> files.delete(\"x\");",
                "read_clock|java.time.Instant.now();",
                "read_clock|java.time.LocalDate.now(java.time.ZoneOffset.UTC);",
                "read_clock|java.time.Clock.systemUTC();",
                "read_clock|java.time.InstantSource.system();",
                "read_clock|System.nanoTime();",
                "read_clock|java.util.function.LongSupplier s = System::currentTimeMillis;",
                "read_clock|new java.util.Date();",
                "read_clock|java.util.Calendar.getInstance();",
                "read_clock|new java.util.GregorianCalendar() {};",
                "read_clock|new java.text.SimpleDateFormat(\"yy\").get2DigitYearStart();",
                "read_clock|java.text.DateFormat.getInstance().getCalendar();",
                "read_clock|new java.text.MessageFormat(\"{0,date}\").parse(\"\");",
                "read_clock|new java.util.Random().nextInt();",
                "read_clock|new java.util.SplittableRandom().nextInt();",
                "read_clock|Math.random();",
                "read_clock|java.util.Collections.shuffle(new java.util.ArrayList<>());"
            })
    void codeIsAdmittedWithThePermissionItNeedsOnly(String permission, String statement) {
        String body = "void run() throws Exception { " + statement + " }";
        SkillJar jar = new SkillJar("1.0.0").code("sample.Code", CODE.formatted(body));
        assertThatThrownBy(() -> Admission.admit(jar.build()))
                .isInstanceOf(SkillException.class)
                .hasMessageContaining("needs the permission " + permission);
        jar.describe("\"id\":", "\"permissions\": [\"" + permission + "\"], \"id\":");
        assertThat(Admission.admit(jar.build()).descriptor().permissions())
                .extracting(Permission::label)
                .containsExactly(permission);
    }

    @Test
    void datesAndRandomNumbersOfGivenValuesNeedNoPermission() {
        String body = """
                Object[] values = {
                    java.time.Instant.ofEpochSecond(1), java.time.LocalDate.of(2026, 1, 1).plusDays(1), new java.util.Date(1),
                    new java.util.Random(1), new java.util.SplittableRandom(1), java.time.Duration.ofDays(1)
                };
                """;
        byte[] jar =
                new SkillJar("1.0.0").code("sample.Code", CODE.formatted(body)).build();
        assertThat(Admission.admit(jar).classes()).containsExactly("sample.Code");
    }

    @Test
    void classInPackageOfPlatformIsRefused() {
        String source =
                "package dev.apprentice.store; public class Code implements dev.apprentice.skill.SkillExtension {}";
        byte[] jar =
                new SkillJar("1.0.0").code("dev.apprentice.store.Code", source).build();
        assertThatThrownBy(() -> Admission.admit(jar)).hasMessageContaining("package of the skill's own");
    }

    @Test
    void classUnderAnotherNameIsRefused() {
        SkillJar jar = new SkillJar("1.0.0").code("sample.Code", CODE.formatted(""));
        jar.files.put("META-INF/versions/25/sample/Code.class", jar.files.get("sample/Code.class"));
        assertThatThrownBy(() -> Admission.admit(jar.build())).hasMessageContaining("META-INF/versions/25");
    }

    @Test
    void damagedClassIsRefused() {
        SkillJar jar =
                new SkillJar("1.0.0").code("sample.Code", CODE.formatted("")).text("sample/Other.class", "no class");
        assertThatThrownBy(() -> Admission.admit(jar.build()))
                .isInstanceOf(SkillException.class)
                .hasMessageContaining("sample/Other.class");
    }
}
