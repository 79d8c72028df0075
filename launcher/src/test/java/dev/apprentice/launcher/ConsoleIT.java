package dev.apprentice.launcher;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import dev.apprentice.launcher.client.ApiClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Uses the console in a real browser, as its owner would. */
class ConsoleIT {
    private static final String SKILL = "java-completion";
    private static final String API = "/api/skills/" + SKILL;
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    private final TestPublisher publisher = new TestPublisher();

    @TempDir
    Path folder;

    @Test
    void aSkillIsInstalledWatchedAndRolledBackInTheBrowser() throws Exception {
        try (RunningPlatform platform = RunningPlatform.start(folder.resolve("home"));
                Chromium chromium = Chromium.open(1200, 900)) {
            ApiClient client = platform.client();
            publisher.becomeTrusted(client);
            Page page = chromium.page();
            signIn(page, client);
            install(page, client);
            JsonNode first = client.get(API).path("head");
            learn(client);

            page.navigate(client.base().resolve("/skills/" + SKILL).toString());
            requireCurve(page);
            requireBothSchemes(page);
            requireNoSidewaysScroll(page, client);
            rollBack(page, client, first.path("id").asString());
            assertThat(chromium.takeComplaints())
                    .as("what the browser complained about")
                    .isEmpty();
        }
    }

    private static void signIn(Page page, ApiClient client) {
        page.navigate(client.post("/api/sign-in-token", Map.of()).path("url").asString());
        button(page, "Sign in").click();
        assertThat(page.getByRole(AriaRole.HEADING).first()).hasText("Skills");
    }

    private void install(Page page, ApiClient client) throws Exception {
        TestPublisher.Signed signed = publisher.sign(SKILL, "1.0.0");
        page.locator("input[type=file][name=jar]")
                .setInputFiles(new FilePayload(signed.fileName(), "application/java-archive", signed.jar()));
        page.locator("input[type=file][name=signature]")
                .setInputFiles(
                        new FilePayload(signed.fileName() + ".p7s", "application/pkcs7-signature", signed.signature()));
        button(page, "Install").click();
        assertThat(page.getByRole(AriaRole.TABLE).getByText("1.0.0")).isVisible();
        assertThat(client.get(API).at("/skill/version").asString()).isEqualTo("1.0.0");
    }

    private void learn(ApiClient client) throws Exception {
        Path code = TestCode.write(folder.resolve("code"), 20);
        client.work(API + "/learn", Map.of("folder", code.toString()), (event, data) -> {});
        client.work(API + "/cycle", Map.of("count", 2), (event, data) -> {});
        assertThat(client.get(API).path("head").path("cycle").asInt()).isPositive();
    }

    private static void requireCurve(Page page) {
        Locator canvas = page.locator(".uplot canvas").first();
        assertThat(canvas).isVisible();
        Object inked = canvas.evaluate("canvas => canvas.getContext('2d')"
                + ".getImageData(0, 0, canvas.width, canvas.height).data.some(value => value !== 0)");
        assertThat(inked).as("something is drawn on the curve's canvas").isEqualTo(true);
    }

    private static void requireBothSchemes(Page page) {
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
        double light = brightness(page);
        screenshot(page, "skill-light");
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        double dark = brightness(page);
        screenshot(page, "skill-dark");
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
        assertThat(light).as("background of the light scheme").isGreaterThan(180);
        assertThat(dark).as("background of the dark scheme").isLessThan(70);
    }

    /** Mean of red, green and blue of the page's background, 0 to 255. */
    private static double brightness(Page page) {
        Object mean = page.evaluate("() => [document.body, document.documentElement]"
                + ".map(element => getComputedStyle(element).backgroundColor)"
                + ".filter(colour => !colour.startsWith('rgba(0, 0, 0, 0'))"
                + ".concat('rgb(255, 255, 255)')[0].match(/[0-9.]+/g).slice(0, 3)"
                + ".reduce((sum, part) => sum + Number(part), 0) / 3");
        return ((Number) mean).doubleValue();
    }

    private static void requireNoSidewaysScroll(Page page, ApiClient client) {
        String here = page.url();
        page.setViewportSize(360, 740);
        for (String path : List.of("/", "/skills/" + SKILL, "/audit", "/publishers", "/status")) {
            page.navigate(client.base().resolve(path).toString());
            Object overhang =
                    page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
            assertThat(((Number) overhang).intValue())
                    .as("pixels beyond the width of a phone on " + path)
                    .isZero();
            screenshot(page, "phone" + path.replace('/', '-'));
        }
        page.setViewportSize(1200, 900);
        page.navigate(here);
    }

    private static void rollBack(Page page, ApiClient client, String commit) {
        Locator row =
                page.getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText(commit.substring(0, 8)));
        row.getByRole(AriaRole.BUTTON).click();
        assertThat(page.getByRole(AriaRole.HEADING).first()).hasText("Roll back?");
        button(page, "Roll back").click();
        assertThat(row.getByText("serving")).isVisible();
        assertThat(client.get(API).at("/head/id").asString()).isEqualTo(commit);
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private static void screenshot(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions().setFullPage(true).setPath(SCREENSHOTS.resolve(name + ".png")));
    }
}
