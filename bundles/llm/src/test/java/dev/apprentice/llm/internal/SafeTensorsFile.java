package dev.apprentice.llm.internal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.ObjectNode;

/** Builds safetensors files for tests. */
final class SafeTensorsFile {
    private final ObjectNode header = Json.MAPPER.createObjectNode();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();

    SafeTensorsFile add(String name, String type, byte[] bytes, long... shape) {
        ObjectNode entry = header.putObject(name).put("dtype", type);
        for (long size : shape) {
            entry.withArray("shape").add(size);
        }
        entry.putArray("data_offsets").add(data.size()).add(data.size() + bytes.length);
        data.writeBytes(bytes);
        return this;
    }

    SafeTensorsFile add(String name, int[] values, long... shape) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asIntBuffer().put(values);
        return add(name, "I32", buffer.array(), shape);
    }

    SafeTensorsFile addHalves(String name, float[] values, long... shape) {
        ByteBuffer buffer = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            buffer.putShort(Float.floatToFloat16(value));
        }
        return add(name, "F16", buffer.array(), shape);
    }

    byte[] bytes() {
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + data.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(data.toByteArray())
                .array();
    }
}
