package dev.apprentice.market.internal;

import dev.apprentice.market.Marketplace;
import dev.apprentice.market.Marketplaces;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Keeps the marketplaces up to date while the platform runs; one that fails is asked ever more seldom. */
final class Refresher implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Refresher.class.getName());
    private static final Duration USUAL = Duration.ofHours(1);
    private static final Duration FIRST_RETRY = Duration.ofMinutes(5);
    private static final Duration LONGEST_RETRY = Duration.ofHours(6);
    /** A command that starts a platform for a moment shall not end with a transfer under way. */
    private static final Duration AFTER_START = Duration.ofMinutes(1);

    private final Marketplaces markets;
    private final Clock clock;
    private final Map<String, Retry> failing = new HashMap<>();
    private final ScheduledExecutorService timer;

    /** How long after a failure to try again. */
    private record Retry(Instant due, Duration pause) {}

    Refresher(Marketplaces markets, Clock clock) {
        this.markets = markets;
        this.clock = clock;
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("market-refresh").factory());
    }

    void start() {
        timer.execute(this::read);
        timer.scheduleWithFixedDelay(this::tick, AFTER_START.toSeconds(), AFTER_START.toSeconds(), TimeUnit.SECONDS);
    }

    /** Reads what each marketplace offers before anyone searches in it. */
    private void read() {
        try {
            markets.list();
        } catch (RuntimeException e) {
            if (!timer.isShutdown()) {
                LOGGER.log(System.Logger.Level.WARNING, "The marketplaces could not be read", e);
            }
        }
    }

    /** Refreshes what is due; nothing that goes wrong ends the timer. */
    void tick() {
        try {
            markets.list().stream().filter(this::due).forEach(this::refresh);
        } catch (RuntimeException e) {
            LOGGER.log(System.Logger.Level.WARNING, "The marketplaces could not be refreshed", e);
        }
    }

    private boolean due(Marketplace market) {
        Instant now = clock.instant();
        Retry retry = failing.get(market.name());
        if (retry != null) {
            return !now.isBefore(retry.due);
        }
        Instant last = market.refreshed();
        // A last time in the future comes of a clock that was set back.
        return last == null || last.isAfter(now) || !now.isBefore(last.plus(USUAL));
    }

    private void refresh(Marketplace market) {
        try {
            Marketplace fresh = markets.refresh(market.name());
            failing.remove(market.name());
            if (!fresh.problem().isEmpty()) {
                LOGGER.log(System.Logger.Level.WARNING, "Marketplace {0}: {1}", fresh.name(), fresh.problem());
            }
        } catch (RuntimeException e) {
            Retry before = failing.get(market.name());
            Duration pause = before == null ? FIRST_RETRY : before.pause.multipliedBy(2);
            pause = pause.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : pause;
            failing.put(market.name(), new Retry(clock.instant().plus(pause), pause));
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "{0}; the next attempt is in {1} minutes",
                    e.getMessage(),
                    pause.toMinutes());
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
