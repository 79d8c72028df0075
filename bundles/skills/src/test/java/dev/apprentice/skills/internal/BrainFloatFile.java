package dev.apprentice.skills.internal;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Rewrites a safetensors file of F32 as one of BF16, half as long. */
final class BrainFloatFile {
    private static final JsonMapper MAPPER = new JsonMapper();

    private BrainFloatFile() {}

    /** Rounds values in place to what BF16 can hold, ties to even. */
    static void round(MemorySegment values) {
        for (long i = 0; i < values.byteSize() / Float.BYTES; i++) {
            int bits = Float.floatToRawIntBits(values.getAtIndex(JAVA_FLOAT, i));
            int rounded = (bits + 0x7FFF + (bits >>> 16 & 1)) & 0xFFFF0000;
            values.setAtIndex(JAVA_FLOAT, i, Float.intBitsToFloat(rounded));
        }
    }

    /** Values that {@link #round} left as they are stay exactly the same. */
    static byte[] shrink(byte[] file) {
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int headerLength = (int) in.getLong();
        JsonNode header = MAPPER.readTree(Arrays.copyOfRange(file, 8, 8 + headerLength));
        ObjectNode smaller = MAPPER.createObjectNode();
        List<Map.Entry<String, JsonNode>> tensors = header.properties().stream()
                .filter(entry -> !entry.getKey().equals("__metadata__"))
                .sorted(Comparator.comparingLong(
                        entry -> entry.getValue().path("data_offsets").path(0).asLong()))
                .toList();
        for (Map.Entry<String, JsonNode> tensor : tensors) {
            ObjectNode entry = smaller.putObject(tensor.getKey());
            entry.put("dtype", "BF16");
            entry.set("shape", tensor.getValue().path("shape"));
            entry.putArray("data_offsets")
                    .add(tensor.getValue().path("data_offsets").path(0).asLong() / 2)
                    .add(tensor.getValue().path("data_offsets").path(1).asLong() / 2);
        }
        String text = smaller.toString();
        byte[] newHeader = (text + " ".repeat(-text.length() & 7)).getBytes(StandardCharsets.US_ASCII);
        int values = (file.length - 8 - headerLength) / Float.BYTES;
        ByteBuffer out = ByteBuffer.allocate(8 + newHeader.length + 2 * values).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(newHeader.length).put(newHeader);
        in.position(8 + headerLength);
        for (int i = 0; i < values; i++) {
            out.putShort((short) (in.getInt() >>> 16));
        }
        return out.array();
    }
}
