package dev.apprentice.llm.internal.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JinjaTemplateTest {
    private static final Map<String, Object> NAMES = Map.of(
            "word",
            "Ada",
            "text",
            "  a b  ",
            "number",
            7,
            "flag",
            true,
            "list",
            List.of("x", "y", "z"),
            "map",
            Map.of("key", "value"),
            "turns",
            List.of(Map.of("role", "user"), Map.of("role", "assistant")));

    private static String render(String template) {
        return JinjaTemplate.parse(template).render(NAMES);
    }

    /** Expected values are those of Jinja's documentation and of Python, whose expressions these are. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "word ~ 1 ~ none ~ true;Ada1NoneTrue",
                "1 + 2 * 3 - -4;11",
                "7 // 2 ~ ' ' ~ -7 // 2 ~ ' ' ~ -7 % 3 ~ ' ' ~ 7 / 2;3 -4 2 3.5",
                "'a' 'b' + 'c';abc",
                "list[0] ~ list[-1] ~ list[1:];xz['y', 'z']",
                "list[::-1];['z', 'y', 'x']",
                "word[1:] ~ word[:1] ~ word[-1] ~ word[::-1];daAaadA",
                "list[5] is defined;False",
                "missing is defined or missing is not none;True",
                "not missing and number == 7 and 'y' in list;True",
                "'q' not in word and 'd' in word;True",
                "'yes' if flag else 'no';yes",
                "'yes' if missing;``",
                "text.strip() ~ text | trim ~ text.rstrip() ~ 'e';`a ba b  a be`",
                "'a-b-c'.split('-')[-1] ~ 'a-b-c'.split('-', 1)[1];cb-c",
                "'<x>\\n'.lstrip('<').rstrip('\\n');x>",
                "word.startswith('A') and word.endswith(('x', 'a'));True",
                "word.upper() ~ word | lower ~ 'the end' | title;ADAadaThe End",
                "map.key ~ map['key'] ~ map.get('none') ~ map.get('none', 1);valuevalueNone1",
                "map.items() | list;[['key', 'value']]",
                "{'a': [1, 2.5, none, false], 'b': 'q\"'} | tojson;{\"a\": [1, 2.5, null, false], \"b\": \"q\\\"\"}",
                "missing | default('d') ~ '' | default('e', true);de",
                "turns | map(attribute='role') | join(', ');user, assistant",
                "turns | selectattr('role', 'equalto', 'user') | list | length;1",
                "(list | length - 1) ~ list | first ~ list | last;2xz",
                "number is odd and number is number and word is string and map is mapping;True",
                "list is sequence and list is not string and flag is true;True",
                "range(1, 6, 2) | list;[1, 3, 5]"
            })
    void expressionsMeanWhatTheyDoInPython(String expression, String expected) {
        assertThat(render("{{ " + expression + " }}")).isEqualTo(expected);
    }

    @Test
    void tagsAndTheirWhiteSpace() {
        assertThat(render("a\n  {% if flag %}\n  b\n  {% endif %}\nc\n")).isEqualTo("a\n  b\nc");
        assertThat(render("a \n {%- if flag -%} \n b {%- endif %} c")).isEqualTo("ab c");
        assertThat(render("a {{- word -}} b\n{# not\nseen #}\nc")).isEqualTo("aAdab\nc");
        assertThat(render("{{ '}}' ~ '%}' ~ {'a': {'b': 1}}.a.b }}")).isEqualTo("}}%}1");
        assertThat(render("{% if missing %}1{% elif number > 6 %}2{% else %}3{% endif %}"))
                .isEqualTo("2");
    }

    @Test
    void loopsAndNames() {
        assertThat(render("{% for x in list %}{{ loop.index }}{{ x }}{% if not loop.last %},{% endif %}{% endfor %}"))
                .isEqualTo("1x,2y,3z");
        assertThat(render("{% for k, v in map.items() %}{{ k }}={{ v }}{% endfor %}"))
                .isEqualTo("key=value");
        assertThat(render("{% for x in list if x != 'y' %}{{ loop.length }}{{ x }}{% else %}none{% endfor %}"))
                .isEqualTo("2x2z");
        assertThat(render("{% for x in [] %}{{ x }}{% else %}none{% endfor %}")).isEqualTo("none");
        assertThat(render("{% for x in list %}{% if x == 'z' %}{% break %}{% endif %}"
                        + "{% if x == 'x' %}{% continue %}{% endif %}{{ x }}{% endfor %}"))
                .isEqualTo("y");
        // what is set in a loop is forgotten after it, but for attributes of a namespace
        assertThat(render("{% set n = 0 %}{% set ns = namespace(n=0) %}{% for x in list %}{% set n = n + 1 %}"
                        + "{% set ns.n = ns.n + 1 %}{% endfor %}{{ n }}{{ ns.n }}"))
                .isEqualTo("03");
        assertThat(render("{% macro tag(name, close='/') %}<{{ name }}{{ close }}>{% endmacro %}"
                        + "{{ tag('a') }}{{ tag('b', close='') }}"))
                .isEqualTo("<a/><b>");
        assertThat(render("{% set x %}{{ word }}!{% endset %}{{ x }}{{ x }}")).isEqualTo("Ada!Ada!");
        assertThat(render("{% generation %}{{ word }}{% endgeneration %}")).isEqualTo("Ada");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            value = {
                "{% include 'x' %}@the tag include",
                "{% if flag %}@ends before",
                "{{ 1 + }}@a value should be",
                "{{ 'a }}@does not close",
                "{{ word | shout }}@the filter shout",
                "{{ word is loud }}@the test loud",
                "{{ word.getClass() }}@calls getClass of a text",
                "{{ list.getClass() }}@calls what is not defined",
                "{{ missing.name }}@asks what is not defined for its name",
                "{{ word.getBytes() }}@calls getBytes",
                "{{ 1 // 0 }}@reckons beyond",
                "{% set word.x = 1 %}@no namespace"
            })
    void whatIsWrongIsSaid(String template, String said) {
        assertThatThrownBy(() -> render(template))
                .isInstanceOf(JinjaException.class)
                .hasMessageContaining(said);
    }

    @Test
    void aTemplateCanRefuse() {
        assertThatThrownBy(() -> render("{{ raise_exception('Roles must alternate') }}"))
                .isInstanceOfSatisfying(
                        JinjaException.class, e -> assertThat(e.kind()).isEqualTo(JinjaException.Kind.INPUT))
                .hasMessage("Roles must alternate");
    }

    /** Each would take minutes, gigabytes or the whole stack if it were let. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
                "{{ range(1000000000) }}",
                "{% set ns = namespace(s='aaaaaaaa') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
                "{% set ns = namespace(s=[1]) %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
                "{% set ns = namespace(s=[1]) %}{% for i in range(60) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}",
                "{% set ns = namespace(s=[1]) %}{% for i in range(60) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s == [ns.s] }}",
                "{% set ns = namespace(s=[1]) %}{% for i in range(9999) %}{% set ns.s = [ns.s] %}{% endfor %}{{ ns.s | tojson }}",
                "{% set ns = namespace(s='a') %}{% for i in range(16) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s.replace('a', ns.s) }}",
                "{% set ns = namespace(s='a') %}{% for i in range(16) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ range(65536) | join(ns.s) }}",
                "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"
            })
    void whatCostsTooMuchIsStopped(String template) {
        long start = System.nanoTime();
        assertThatThrownBy(() -> render(template)).isInstanceOf(JinjaException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void deepExpressionsAreRefused() {
        for (String template : List.of(
                "{{ " + "(".repeat(10_000) + "1" + ")".repeat(10_000) + " }}",
                "{{ " + "1 + ".repeat(60_000) + "1 }}",
                "{{ " + "not ".repeat(50_000) + "1 }}",
                "{% if 1 %}".repeat(10_000) + "{% endif %}".repeat(10_000),
                "{{ '" + "\\n".repeat(140_000) + "' }}")) {
            try {
                assertThat(JinjaTemplate.parse(template).render(Map.of())).isNotNull();
            } catch (JinjaException e) {
                assertThat(e.getMessage()).containsAnyOf("deeply", "characters");
            }
        }
    }
}
