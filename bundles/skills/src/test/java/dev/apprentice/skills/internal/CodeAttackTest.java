package dev.apprentice.skills.internal;

import dev.apprentice.skills.SkillException.Code;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Code of a trusted publisher, with every permission that there is, that reaches for more. */
class CodeAttackTest extends AttackedShelf {
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "exit|System.exit(1);|java.lang.System.exit",
                "halt|Runtime.getRuntime().halt(1);|java.lang.Runtime",
                "exec|Runtime.getRuntime().exec(\"id\");|java.lang.Runtime",
                "process builder|new ProcessBuilder(\"id\").start();|java.lang.Process",
                "process handle|ProcessHandle.current().destroyForcibly();|java.lang.ProcessHandle",
                "shutdown hook|Runtime.getRuntime().addShutdownHook(null);|java.lang.Runtime",
                "thread|new Thread(() -> {}).start();|java.lang.Thread",
                "virtual thread|Thread.ofVirtual().start(() -> {});|java.lang.Thread",
                "current thread|Thread.currentThread().setContextClassLoader(null);|java.lang.Thread",
                "timer|new java.util.Timer(true);|java.util.Timer",
                "executor|java.util.concurrent.Executors.newCachedThreadPool();|java.util.concurrent",
                "thread local|new ThreadLocal<String>().set(\"x\");|java.lang.ThreadLocal",
                "scoped value|ScopedValue.newInstance();|java.lang.ScopedValue",
                "cleaner|java.lang.ref.Cleaner.create();|java.lang.ref",
                "socket|new java.net.Socket(\"localhost\", 1).close();|java.net.Socket",
                "server socket|new java.net.ServerSocket(0).close();|java.net.ServerSocket",
                "http|java.net.http.HttpClient.newHttpClient();|java.net.http",
                "address|java.net.InetAddress.getByName(\"example.org\");|java.net",
                "file|new java.io.File(\"x\").delete();|java.io.File",
                "file stream|new java.io.FileOutputStream(\"x\").close();|java.io.FileOutputStream",
                "files|java.nio.file.Files.delete(java.nio.file.Path.of(\"x\"));|java.nio.file",
                "scanner of a file|new java.util.Scanner(java.nio.file.Path.of(\"x\")).close();|java.nio.file",
                "formatter of a file|new java.util.Formatter(\"x\").close();|java.util.Formatter",
                "log|System.getLogger(\"x\");|java.lang.System.getLogger",
                "set accessible|getClass().getDeclaredFields()[0].setAccessible(true);|getDeclaredFields",
                "class by name|Class.forName(\"java.lang.Runtime\");|forName",
                "proxy|java.lang.reflect.Proxy.isProxyClass(getClass());|java.lang.reflect",
                "class loader|getClass().getClassLoader();|getClassLoader",
                "own class loader|new ClassLoader() {};|java.lang.ClassLoader",
                "hidden class|java.lang.invoke.MethodHandles.lookup().defineHiddenClass(null, true);|MethodHandles",
                "variable handle|java.lang.invoke.MethodHandles.arrayElementVarHandle(int[].class);|MethodHandles",
                "foreign memory|java.lang.foreign.Arena.global().allocate(8);|java.lang.foreign",
                "foreign function|java.lang.foreign.Linker.nativeLinker();|java.lang.foreign",
                "native library|System.load(\"/x.so\");|java.lang.System.load",
                "unsafe|Object o = sun.misc.Unsafe.class;|sun.misc.Unsafe",
                "object stream|new java.io.ObjectInputStream(null).readObject();|java.io.ObjectInputStream",
                "service loader|java.util.ServiceLoader.load(dev.apprentice.skill.SkillExtension.class);|ServiceLoader",
                "resource bundle|java.util.ResourceBundle.getBundle(\"x\");|java.util.ResourceBundle",
                "management|java.lang.management.ManagementFactory.getRuntimeMXBean();|java.lang.management",
                "property|System.setProperty(\"x\", \"y\");|java.lang.System.setProperty",
                "locale of all|java.util.Locale.setDefault(java.util.Locale.ROOT);|setDefault",
                "framework|org.osgi.framework.FrameworkUtil.getBundle(getClass());|org.osgi.framework",
                "core|Object o = dev.apprentice.store.Store.class;|dev.apprentice.store"
            })
    void isRefusedBeforeAnythingIsLoaded(String what, String statement, String reference) {
        String source = """
                package sample;
                public final class Code implements dev.apprentice.skill.SkillExtension {
                    @Override public String finish(String answer) {
                        try { %s } catch (Throwable t) { } return answer;
                    }
                }
                """.formatted(statement);
        SkillJar jar = new SkillJar("1.1.0")
                .code("sample.Code", source)
                .describe("\"id\":", "\"permissions\": [\"files\", \"read_clock\"], \"id\":");
        Refused.with(shelf, TestShelf.signed(jar), Code.ADMISSION, reference);
    }
}
