package dev.apprentice.llm.internal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.compute.DataType;
import dev.apprentice.llm.internal.json.Document;
import dev.apprentice.llm.internal.json.SchemaReader;
import dev.apprentice.llm.internal.json.Shape;
import dev.apprentice.model.AnswerForm;
import dev.apprentice.model.GenerationEvent;
import dev.apprentice.model.GenerationRequest;
import dev.apprentice.model.ModelException;
import dev.apprentice.model.Sampling;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class JsonConstraintTest {
    private static final String SCHEMA = """
            {"type": "object", "title": "A thing", "additionalProperties": false, "required": ["name", "size", "tags"],
             "properties": {
               "name": {"type": "string", "minLength": 2, "maxLength": 12},
               "note": {"type": ["string", "null"], "maxLength": 20},
               "size": {"type": "integer"},
               "kind": {"enum": ["a", "ab", 1, 12, null, {"x": [1]}]},
               "tags": {"type": "array", "items": {"type": "number"}, "minItems": 1, "maxItems": 3},
               "flag": {"type": "boolean"}}}
            """;

    private final LlamaModel model = TestModel.load(DataType.BF16);

    private String ask(AnswerForm form, int maxTokens, double temperature, long seed) {
        StringBuilder text = new StringBuilder();
        GenerationRequest request = new GenerationRequest(
                model.tokenizer().encode("{\"name\": \"anchor\", \"size\": 3}\n"),
                maxTokens,
                new Sampling(temperature, 0, 1, 0, 1, seed),
                List.of(),
                OptionalInt.empty(),
                form);
        model.generate(request, null, event -> {
            if (event instanceof GenerationEvent.Piece piece) {
                text.append(piece.text());
            }
            return true;
        });
        return text.toString();
    }

    @Test
    void everyAnswerFollowsTheSchemaHoweverItIsSampled() {
        AnswerForm form = new AnswerForm.JsonSchema(SCHEMA);
        for (int seed = 0; seed < 60; seed++) {
            String text = ask(form, 40 + seed, seed == 0 ? 0 : 1.5, seed);
            JsonNode thing = Json.MAPPER.readTree(text);
            assertThat(thing.propertyNames()).as(text).contains("name", "size", "tags");
            assertThat(Set.of("name", "note", "size", "kind", "tags", "flag")).containsAll(thing.propertyNames());
            String name = thing.get("name").stringValue();
            assertThat(name.codePointCount(0, name.length())).as(text).isBetween(2, 12);
            assertThat(thing.get("size").isIntegralNumber()).as(text).isTrue();
            assertThat(thing.get("tags").size()).as(text).isBetween(1, 3);
            assertThat(thing.get("tags").valueStream()).as(text).allMatch(JsonNode::isNumber);
            assertThat(thing.path("flag").isMissingNode() || thing.get("flag").isBoolean())
                    .isTrue();
            assertThat(thing.path("note").isMissingNode()
                            || thing.get("note").isNull()
                            || thing.get("note").stringValue().length() <= 40)
                    .isTrue();
            assertThat(thing.path("kind").isMissingNode()
                            || Set.of("\"a\"", "\"ab\"", "1", "12", "null", "{\"x\":[1]}")
                                    .contains(thing.get("kind").toString()))
                    .as(text)
                    .isTrue();
        }
    }

    @Test
    void everyFreeObjectParsesHoweverItIsSampled() {
        for (int seed = 0; seed < 60; seed++) {
            String text = ask(new AnswerForm.JsonObject(), 2 + seed, 1.5, seed);
            assertThat(Json.MAPPER.readTree(text).isObject()).as(text).isTrue();
        }
    }

    @Test
    void theShortestAnswerOfTooFewTokensIsRefusedBeforeItBegins() {
        assertThatThrownBy(() -> ask(new AnswerForm.JsonSchema(SCHEMA), 20, 1, 1))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("raise max_tokens");
    }

    private static @Nullable Document read(Shape shape, String text) {
        Document document = Document.of(shape);
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            document = document == null ? null : document.step(value);
        }
        return document;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                " { \"a\" : [ 1 , -0.5e+10 , true , null , \"\\u00e9\\n\\\"é🙂\" ] , \"b\":{\"a\":{}} }",
                "{\"\":0,\"a\":[],\"b\":[[[]]]}"
            })
    void validObjectsAreAccepted(String text) {
        assertThat(Json.MAPPER.readTree(text).isObject()).isTrue();
        Document document = requireNonNull(read(new Shape.AnyFields(), text));
        assertThat(document.complete()).isTrue();
        assertThat(document.leastBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[",
                "{,",
                "{\"a\":01",
                "{\"a\":1,}",
                "{\"a\":1,\"a\"",
                "{\"a\":.",
                "{\"a\":+",
                "{\"a\":\"\n",
                "{\"a\":\"\\x",
                "{\"a\":\"\\ud8",
                "{\"a\":1.}",
                "{\"a\":tru}",
                "{\"a\":[1 2",
                "{}x",
                "{a",
                "{\"a\":-}",
                "{\"a\" 1"
            })
    void whatIsNoObjectIsRefusedAtItsFirstWrongByte(String text) {
        assertThat(read(new Shape.AnyFields(), text)).isNull();
        assertThat(read(new Shape.AnyFields(), text.substring(0, text.length() - 1)))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"string\",\"pattern\":\"a+\"} | pattern",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"anyOf\":[]}}} | at /properties/a has the keyword anyOf",
                "{\"$ref\":\"#\"} | $ref",
                "{\"type\":\"integer\",\"minimum\":3} | minimum",
                "{\"type\":\"text\"} | unknown type text",
                "{\"type\":\"object\",\"required\":[\"b\"],\"properties\":{}} | requires [b]",
                "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"null\"}} | additionalProperties",
                "{\"type\":\"array\",\"minItems\":3,\"maxItems\":2} | maxItems below its minItems",
                "{\"enum\":[]} | enum",
                "{\"type\":\"string\",\"minLength\":-1} | minLength = -1",
                "nonsense | not valid JSON",
                "false | not an object"
            })
    void whatCannotBeHeldIsRefusedByName(String schema, String named) {
        assertThatThrownBy(() -> SchemaReader.read(schema))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(named);
    }

    @Test
    void theFewestBytesThatAreLeftAreAlwaysEnough() {
        // from every beginning of an answer, the shortest way to the end is as long as foretold
        String text = ask(new AnswerForm.JsonSchema(SCHEMA), 100, 1.5, 7);
        Document document = Document.of(SchemaReader.read(SCHEMA));
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            document = requireNonNull(document.step(value));
            assertThat(shortest(document)).isEqualTo(document.leastBytes());
        }
    }

    /** Length of the document when always a byte is taken after which the fewest are left. */
    private static int shortest(Document start) {
        Document document = start;
        int length = 0;
        while (!document.mayEnd()) {
            @Nullable Document best = null;
            for (int value = 0; value < 256; value++) {
                Document next = document.step((byte) value);
                if (next != null && (best == null || next.leastBytes() < best.leastBytes())) {
                    best = next;
                }
            }
            document = requireNonNull(best);
            length++;
        }
        return length;
    }
}
