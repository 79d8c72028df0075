package dev.apprentice.signing.publish;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The default file system, but for one call to it or to one of its open files, which fails, and perhaps all after it. */
final class FaultyFiles extends FileSystemProvider {
    /** How it fails. */
    enum Fault {
        /** One call fails, as a bad sector does. */
        ONCE,
        /** All calls from one on fail, as on a disk that is gone. */
        FOR_GOOD,
        /** One call throws what its signature does not announce. */
        UNCHECKED
    }

    private static final int NEVER = Integer.MAX_VALUE;

    private final FileSystemProvider whole = FileSystems.getDefault().provider();
    private final FileSystem system = new Whole();
    private final AtomicInteger left = new AtomicInteger(NEVER);
    private Fault fault = Fault.ONCE;
    private boolean happened;

    /** A path whose files this provider reads and writes. */
    Path of(Path real) {
        return (Path) Proxy.newProxyInstance(
                FaultyFiles.class.getClassLoader(), new Class<?>[] {Path.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getFileSystem")) {
                        return system;
                    }
                    Object[] plain = arguments == null ? new Object[0] : arguments.clone();
                    for (int i = 0; i < plain.length; i++) {
                        plain[i] = plain[i] instanceof Path path ? real(path) : plain[i];
                    }
                    Object result = call(() -> method.invoke(real, plain));
                    return result instanceof Path path ? of(path) : result;
                });
    }

    /** From now on so many calls go well before one fails. */
    void failAfter(int calls, Fault how) {
        fault = how;
        happened = false;
        left.set(calls);
    }

    /** All goes well from now on; returns whether anything failed. */
    boolean mend() {
        left.set(NEVER);
        return happened;
    }

    private void touch(String what) throws IOException {
        int before = left.get();
        if (before == NEVER) {
            return;
        }
        if (before > 0) {
            left.decrementAndGet();
            return;
        }
        if (before < 0 && fault != Fault.FOR_GOOD) {
            return;
        }
        left.set(-1);
        happened = true;
        if (fault == Fault.UNCHECKED) {
            throw new IllegalStateException("injected into " + what);
        }
        throw new IOException("injected into " + what);
    }

    private interface Call {
        @Nullable
        Object run() throws ReflectiveOperationException;
    }

    private static @Nullable Object call(Call call) throws Throwable {
        try {
            return call.run();
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Path real(Path path) {
        return path.getFileSystem() instanceof Whole ? Path.of(path.toString()) : path;
    }

    @Override
    public String getScheme() {
        return "faulty";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        return system;
    }

    @Override
    public Path getPath(URI uri) {
        return of(Path.of(uri));
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        touch("open");
        SeekableByteChannel channel = whole.newByteChannel(real(path), options, attributes);
        return (SeekableByteChannel) Proxy.newProxyInstance(
                FaultyFiles.class.getClassLoader(),
                new Class<?>[] {SeekableByteChannel.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        channel.close();
                    }
                    if (!method.getName().equals("isOpen")) {
                        touch(method.getName());
                    }
                    return call(() -> method.invoke(channel, arguments));
                });
    }

    @Override
    public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        touch("open");
        return new Channel(whole.newFileChannel(real(path), options, attributes));
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path folder, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        touch("list");
        List<Path> paths = new ArrayList<>();
        try (DirectoryStream<Path> real = whole.newDirectoryStream(real(folder), any -> true)) {
            for (Path path : real) {
                paths.add(of(path));
            }
        }
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                return paths.iterator();
            }

            @Override
            public void close() throws IOException {
                touch("close");
            }
        };
    }

    @Override
    public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
        touch("create folder");
        whole.createDirectory(real(folder), attributes);
    }

    @Override
    public void delete(Path path) throws IOException {
        touch("delete");
        whole.delete(real(path));
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) throws IOException {
        touch("copy");
        whole.copy(real(source), real(target), options);
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
        touch("move");
        whole.move(real(source), real(target), options);
    }

    @Override
    public boolean isSameFile(Path path, Path other) throws IOException {
        touch("compare");
        return whole.isSameFile(real(path), real(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
        touch("look at");
        return whole.isHidden(real(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        touch("look at");
        return whole.getFileStore(real(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        touch("look at");
        whole.checkAccess(real(path), modes);
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
        return whole.getFileAttributeView(real(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        touch("look at");
        return whole.readAttributes(real(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
        touch("look at");
        return whole.readAttributes(real(path), attributes, options);
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
        touch("set attribute of");
        whole.setAttribute(real(path), attribute, value, options);
    }

    private final class Whole extends FileSystem {
        @Override
        public FileSystemProvider provider() {
            return FaultyFiles.this;
        }

        @Override
        public void close() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public String getSeparator() {
            return FileSystems.getDefault().getSeparator();
        }

        @Override
        public Iterable<Path> getRootDirectories() {
            return List.of();
        }

        @Override
        public Iterable<FileStore> getFileStores() {
            return List.of();
        }

        @Override
        public Set<String> supportedFileAttributeViews() {
            return Set.of("basic");
        }

        @Override
        public Path getPath(String first, String... more) {
            return of(Path.of(first, more));
        }

        @Override
        public PathMatcher getPathMatcher(String pattern) {
            throw new UnsupportedOperationException();
        }

        @Override
        public UserPrincipalLookupService getUserPrincipalLookupService() {
            throw new UnsupportedOperationException();
        }

        @Override
        public WatchService newWatchService() {
            throw new UnsupportedOperationException();
        }
    }

    /** An open file, each use of which counts. */
    private final class Channel extends FileChannel {
        private final FileChannel file;

        Channel(FileChannel file) {
            this.file = file;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            touch("read");
            return file.read(target);
        }

        @Override
        public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
            touch("read");
            return file.read(targets, offset, length);
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            touch("write");
            return file.write(source);
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
            touch("write");
            return file.write(sources, offset, length);
        }

        @Override
        public long position() throws IOException {
            touch("seek");
            return file.position();
        }

        @Override
        public FileChannel position(long position) throws IOException {
            touch("seek");
            file.position(position);
            return this;
        }

        @Override
        public long size() throws IOException {
            touch("look at");
            return file.size();
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            touch("truncate");
            file.truncate(size);
            return this;
        }

        @Override
        public void force(boolean metadata) throws IOException {
            touch("force");
            file.force(metadata);
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
            touch("read");
            return file.transferTo(position, count, target);
        }

        @Override
        public long transferFrom(ReadableByteChannel source, long position, long count) throws IOException {
            touch("write");
            return file.transferFrom(source, position, count);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            touch("read");
            return file.read(target, position);
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            touch("write");
            return file.write(source, position);
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
            touch("map");
            return file.map(mode, position, size);
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) throws IOException {
            touch("lock");
            return file.lock(position, size, shared);
        }

        @Override
        public @Nullable FileLock tryLock(long position, long size, boolean shared) throws IOException {
            touch("lock");
            return file.tryLock(position, size, shared);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            file.close();
            touch("close");
        }
    }
}
