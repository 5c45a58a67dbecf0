/* SPDX-License-Identifier: Apache-2.0
 * Boost.odeint: Dormand-Prince 5(4) with step control on std::array. Its steps end at each day that
 * is observed: for this few days that costs less than its dense output. */
#include "peer.h"

#include <boost/numeric/odeint.hpp>

#include <array>
#include <cstring>

using namespace boost::numeric;
using state = std::array<double, PEER_STATES>;

static double relative, absolute;

extern "C" void solver_open(double relative_error, double absolute_error)
{
    relative = relative_error;
    absolute = absolute_error;
}

extern "C" int solver_run(const struct peer_patient *p, const struct peer_span *span, double *y,
                          double (*saved)[PEER_STATES])
{
    auto stepper = odeint::make_controlled(absolute, relative, odeint::runge_kutta_dopri5<state>());
    const auto slope = [p](const state &x, state &dx, double) {
        peer_slope(p, x.data(), dx.data());
    };
    double t = span->from, h = 0.02;
    state x;

    std::memcpy(x.data(), y, sizeof x);
    for (int d = 0; d <= span->day_count; d++) {
        const double until = d < span->day_count ? span->days[d] : span->until;

        while (t < until) {
            const bool is_last = t + h >= until;
            const double wanted = h;

            h = is_last ? until - t : h;
            if (stepper.try_step(slope, x, t, h) == odeint::success && is_last) {
                t = until;
                h = wanted > h ? wanted : h; /* the cut step does not shorten the next ones */
            }
            if (!(h > 1e-12)) {
                return 1;
            }
        }
        if (d < span->day_count) {
            std::memcpy(saved[d], x.data(), sizeof x);
        }
    }
    std::memcpy(y, x.data(), sizeof x);
    return 0;
}
