package dev.apprentice.skills.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles Java source to class files by their names in a jar. */
final class Sources {
    private Sources() {}

    static Map<String, byte[]> compile(String className, String source) {
        JavaFileObject unit =
                new SimpleJavaFileObject(
                        URI.create("string:///" + className.replace('.', '/') + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        try {
            Path folder = Files.createTempDirectory("compiled");
            JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
            List<String> options = List.of(
                    "-d", folder.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none", "-nowarn");
            if (!compiler.getTask(null, null, null, options, null, List.of(unit))
                    .call()) {
                throw new IllegalArgumentException("The test's source does not compile: " + source);
            }
            try (Stream<Path> files = Files.walk(folder)) {
                Map<String, byte[]> classes = new LinkedHashMap<>();
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    if (Files.isRegularFile(file)) {
                        classes.put(folder.relativize(file).toString(), Files.readAllBytes(file));
                    }
                    Files.delete(file);
                }
                return classes;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
