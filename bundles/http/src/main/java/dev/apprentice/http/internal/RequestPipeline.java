package dev.apprentice.http.internal;

import dev.apprentice.http.HttpException;
import io.javalin.http.Context;
import java.util.concurrent.Semaphore;

/** The way of every request: right host, known route, admitted caller, answer; or the error that stopped it. */
final class RequestPipeline {
    private final HostCheck hosts;
    private final RouteTable routes;
    private final Gate gate;
    private final Workers workers;
    private final Limits limits;
    private final Semaphore room;
    private final Json json = new Json();

    RequestPipeline(HostCheck hosts, RouteTable routes, Gate gate, Workers workers, Limits limits) {
        this.hosts = hosts;
        this.routes = routes;
        this.gate = gate;
        this.workers = workers;
        this.limits = limits;
        this.room = new Semaphore(limits.requests());
    }

    void handle(Context context) {
        context.skipRemainingHandlers();
        SecurityHeaders.apply(context);
        JavalinExchange exchange = new JavalinExchange(context, json, limits);
        try {
            answer(exchange);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            ErrorAnswers.answer(
                    exchange, new HttpException(503, "stopping", "The server is stopping: try again later"));
        } catch (Exception e) {
            ErrorAnswers.answer(exchange, e);
        }
    }

    private void answer(JavalinExchange exchange) throws Exception {
        hosts.require(exchange.request());
        RouteTable.Match match = routes.find(
                exchange.request().getMethod(),
                RequestPath.segments(exchange.request().getRequestURI()));
        exchange.enter(match.parameters());
        if (!room.tryAcquire()) {
            throw new HttpException(503, "busy", "Too many requests are being answered: try again in a moment");
        }
        try {
            gate.admit(match.route().access(), exchange);
            workers.run(() -> match.route().handler().handle(exchange));
        } finally {
            room.release();
        }
    }
}
