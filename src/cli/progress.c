/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"

#include "base/clock.h"

#include <math.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* [s] between two drawings. */
static const double PAUSE_S = 0.1;

enum {
    WIDTH_MIN = 20,
    WIDTH_MAX = 100,
    CELL_BYTES = 3,
    LINE_MAX_BYTES = CELL_BYTES * WIDTH_MAX + 1
};

static int width_of(FILE *out)
{
    struct winsize size;
    const int fd = fileno(out);
    const bool is_known = fd >= 0 && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    const int width = is_known ? size.ws_col - 1 : 79; /* the last column may wrap */

    return width > WIDTH_MAX ? WIDTH_MAX : width;
}

struct en_progress en_progress_start(FILE *out, uint64_t first)
{
    return (struct en_progress){
        .out = out, .is_on = isatty(fileno(out)) != 0, .started_s = en_clock_s(), .first = first};
}

/* "3.4 million", "120 thousand", "87". */
static void rate_text(char *text, size_t size, double rate)
{
    if (rate >= 1e6) {
        (void)snprintf(text, size, "%.1f million", rate / 1e6);
    } else if (rate >= 1e4) {
        (void)snprintf(text, size, "%.0f thousand", rate / 1e3);
    } else {
        (void)snprintf(text, size, "%.0f", rate);
    }
}

/* "2:05" or "1:02:05". */
static void time_text(char *text, size_t size, double seconds)
{
    const long long s = seconds < 1e8 ? (long long)ceil(seconds) : 100000000;

    if (s >= 3600) {
        (void)snprintf(text, size, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    } else {
        (void)snprintf(text, size, "%lld:%02lld", s / 60, s % 60);
    }
}

void en_progress_line(char *text, size_t size, int width, double share, double rate, double left_s,
                      const char *what)
{
    char behind[96] = "", speed[32], left[32];

    rate_text(speed, sizeof speed, rate);
    if (isfinite(left_s)) {
        time_text(left, sizeof left, left_s);
        (void)snprintf(behind, sizeof behind, " %3.0f %% · %s %s/s · %s left", floor(100.0 * share),
                       speed, what, left);
    } else {
        (void)snprintf(behind, sizeof behind, " %3.0f %%", floor(100.0 * share));
    }
    /* Columns of what stands behind the bar: a middle dot is two bytes. */
    int columns = 0;

    for (const char *c = behind; *c != '\0'; c++) {
        columns += ((unsigned char)*c & 0xc0) == 0x80 ? 0 : 1;
    }
    if (columns + WIDTH_MIN / 2 > width) {
        (void)snprintf(behind, sizeof behind, " %3.0f %%", floor(100.0 * share));
        columns = 6;
    }
    const int cells = width - columns;
    const int full = (int)(share * cells);
    size_t used = 0;

    for (int i = 0; i < cells && used + CELL_BYTES < size; i++) {
        (void)snprintf(text + used, size - used, "%s", i < full ? "█" : "░");
        used += CELL_BYTES;
    }
    (void)snprintf(text + used, size - used, "%s", behind);
}

void en_progress_show(struct en_progress *p, uint64_t done, uint64_t all, double per_unit,
                      const char *what)
{
    const double now = en_clock_s(), since = now - p->started_s;
    char line[LINE_MAX_BYTES + 96];

    if (!p->is_on || (now - p->drawn_s < PAUSE_S && done < all)) {
        return;
    }
    const double rate = since > 0.0 ? (double)(done - p->first) / since : 0.0;
    const double left_s = rate > 0.0 ? (double)(all - done) / rate : NAN;

    p->drawn_s = now;
    en_progress_line(line, sizeof line, width_of(p->out), (double)done / (double)all,
                     rate * per_unit, left_s, what);
    (void)fprintf(p->out, "\r%s\033[K", line);
    (void)fflush(p->out);
}

void en_progress_end(struct en_progress *p)
{
    if (p->is_on) {
        (void)fprintf(p->out, "\r\033[K");
        (void)fflush(p->out);
    }
}
