# SPDX-License-Identifier: Apache-2.0
# mapbayr.R TASK MODEL FOLDER: mapbayr (on mrgsolve) fits the people of TASK, a table that
# bench/mapbayr.c writes (person, kind, name, value). MODEL is src/heal/model.txt: its equations are
# translated, so only what lies around them stands here: the seven numbers, the sessions, pain.
# FOLDER keeps the compiled model. Writes lines for bench/mapbayr.c:
#   version NAME VERSION
#   off PAIN                                  largest difference of expected pain from ours [NRS]
#   fit METHOD PERSON SECONDS-OF-THE-POINT SECONDS-WITH-COVARIANCE CALLS ETA1 .. ETA7
suppressPackageStartupMessages({
  library(mrgsolve)
  library(mapbayr)
})

RELATIVE <- 1e-6 # tolerances of the peer's solver; 1e-3 is no faster
ABSOLUTE <- 1e-9
NUMBERS <- c("usual", "response", "tctx", "kHd", "kHu", "cD", "coverage")

# --- the equations ------------------------------------------------------------------------------

read_model <- function(path) {
  text <- sub("#.*", "", readLines(path))
  text <- gsub("\\\\\n", " ", paste(text, collapse = "\n"))
  text <- trimws(strsplit(text, "\n")[[1]])
  text <- text[nzchar(text)]
  words <- function(kind) {
    unlist(strsplit(sub(kind, "", grep(paste0("^", kind, " "), text, value = TRUE)), " +"))
  }
  equations <- function(pattern) {
    lines <- grep(pattern, text, value = TRUE, perl = TRUE)
    values <- lapply(sub("^[^=]*=", "", lines), function(x) parse(text = x)[[1]])
    setNames(values, sub(pattern, "\\1", lines, perl = TRUE))
  }
  list(
    states = words("state")[nzchar(words("state"))],
    balance = equations("^balance +(\\w+) *=.*"),
    start = equations("^start +(\\w+) *=.*"),
    slope = equations("^(\\w+)' *=.*"),
    let = equations("^(?!balance|start|change)(\\w+) *=.*")
  )
}

# An expression in C; name: how a name is written there.
in_c <- function(e, name) {
  if (is.numeric(e)) {
    return(sprintf("%.17g%s", e, if (e == round(e)) ".0" else ""))
  }
  if (is.name(e)) {
    return(name(as.character(e)))
  }
  f <- as.character(e[[1]])
  x <- vapply(as.list(e)[-1], in_c, "", name = name)
  if (f == "^") {
    return(switch(as.character(e[[3]]),
      "2" = sprintf("(%s) * (%s)", x[1], x[1]),
      "0.5" = sprintf("sqrt(%s)", x[1]),
      "1.5" = sprintf("(%s) * sqrt(%s)", x[1], x[1]),
      sprintf("pow(%s, %s)", x[1], x[2])
    ))
  }
  if (f == "(") {
    return(sprintf("(%s)", x))
  }
  if (f == "max") {
    return(sprintf("fmax(%s, %s)", x[1], x[2]))
  }
  if (length(x) == 1) sprintf("(%s%s)", f, x) else sprintf("(%s %s %s)", x[1], f, x[2])
}

# Model code of mrgsolve. What no state has a part in is computed once, as a person would write it.
model_code <- function(m, names) {
  fixed <- names(m$let)
  repeat {
    free <- Filter(function(n) !any(all.vars(m$let[[n]]) %in%
      c(m$states, setdiff(names(m$let), fixed))), fixed)
    if (length(free) == length(fixed)) break
    fixed <- free
  }
  moving <- setdiff(names(m$let), fixed)
  own <- c("cD", "kHd", "kHu", "CN", "Cmb", "Phib", "Sb", names(m$balance), fixed)
  writer <- function(prefix) function(n) {
    kinds <- list(s_ = m$states, i_ = own, moving)
    names(kinds)[3] <- prefix
    kind <- names(kinds)[vapply(kinds, function(k) n %in% k, TRUE)]
    paste0(if (length(kind) > 0) kind else "p_", n)
  }
  let <- function(which, from, prefix) {
    sprintf("double %s = %s;", vapply(which, writer(prefix), ""),
      vapply(from[which], in_c, "", name = writer(prefix)))
  }
  around <- function(n, z) {
    sprintf("double i_%1$s = p_centre_%1$s * exp(p_spread_%1$s * (%2$s - 0.5 * p_spread_%1$s));",
      n, z)
  }
  balance <- let(names(m$balance), m$balance, "o_")
  held <- names(m$balance) %in% c("k1", "b")
  balance[held] <- sub("= (.*);$", "= fmax(0.0, \\1);", balance[held])
  c(
    "$PLUGIN evtools",
    "$PARAM", sprintf("%s = 0", c(names, paste0("ETA", seq_along(NUMBERS)))),
    "$CMT", paste0("s_", m$states),
    "$OMEGA", rep("1", length(NUMBERS)),
    "$SIGMA 0", "1",
    "$MAIN",
    "double usual = fmin(fmax(p_usual + p_usual_sd * (ETA(1) + ETA1), 0.1), 10.0);",
    "double severity = -p_shared * p_shared * (usual - p_usual_mean) / p_trait_sd;",
    "double own = p_patient_sd * (ETA(2) + ETA2);",
    around("tctx", "ETA(3) + ETA3"), around("kHd", "ETA(4) + ETA4"),
    around("kHu", "ETA(5) + ETA5"), around("cD", "ETA(6) + ETA6"),
    "double half = p_injection_half_d * i_tctx / p_centre_tctx;",
    "double middle = log(p_coverage / (1.0 - p_coverage));",
    "double wide = sqrt(1.0 + M_PI * p_coverage_sd * p_coverage_sd / 8.0);",
    "double f = 1.0 / (1.0 + exp(-middle * wide - p_coverage_sd * (ETA(7) + ETA7)));",
    around("CN", "severity"), "i_CN = fmin(i_CN, p_high_CN);",
    around("Cmb", "severity"), "i_Cmb = fmin(i_Cmb, p_high_Cmb);",
    around("Sb", "-severity"),
    "double aligned = log(p_centre_Phib / (1.0 - p_centre_Phib)) + p_spread_Phib * severity;",
    "double i_Phib = 1.0 / (1.0 + exp(-aligned));",
    balance, let(fixed, m$let, "o_"),
    sprintf("s_%s_0 = %s;", names(m$start), vapply(m$start, in_c, "", name = writer("o_"))),
    "$ODE", let(moving, m$let, "o_"),
    sprintf("dxdt_s_%s = %s;", names(m$slope), vapply(m$slope, in_c, "", name = writer("o_"))),
    "$TABLE", let(moving, m$let, "t_"),
    "double felt = s_H * (1.0 - p_zA * s_Z / (p_KZ + s_Z));",
    "double come = 1.0 - exp(-M_LN2 * fmax(TIME - p_first_day, 0.0) / half);",
    "double specific = p_mechanical * (t_X - 1.0) + p_neural * (felt - 1.0);",
    "double share = 1.0 + specific - (p_injection + own) * come;",
    "double slow = p_slow * (p_baseline - usual) * exp(-TIME / p_ou_tau);",
    "double DV = (usual * share + p_aC * t_C + slow) * (1.0 + EPS(1)) + EPS(2);",
    "if (EVID == 2) {",
    sprintf("evt::replace(self, %s, %d);",
      c("s_D + f * p_kappa * s_F + p_trauma", "s_F * (1.0 - f * p_kappa)",
        "s_G + p_gS * f * p_sigma", "s_Z + p_zmax * f / p_coverage_reference * p_local + p_pas"),
      match(c("D", "F", "G", "Z"), m$states)),
    "}",
    "$CAPTURE DV"
  )
}

# --- people -------------------------------------------------------------------------------------

# What follows for one person from the numbers handed over; the sessions of a person are alike.
parameters <- function(person) {
  given <- person[person$kind == "parameter", ]
  x <- as.list(setNames(given$value, given$name))
  trait <- x$trait_sd^2
  score <- x$ou_sd^2 + x$nrs_error_sd^2
  local <- x$dil * x$percent
  x$usual_sd <- sqrt(trait * score / (trait + score))
  x$shared <- sqrt(x$severity_correlation)
  x$slow <- x$ou_sd^2 / score
  x$kappa <- 1 - (1 + (local / x$c50)^x$nk)^(-x$hmax * x$thalf / (x$nk * log(2)))
  x$sigma <- atan(local / x$cs) / atan(x$dil * x$percent_reference / x$cs)
  x$local <- local / (x$cz + local)
  x[c("m", "load", "ns")] <- c(1, 1, 0) # at usual load, without an NSAID
  x$first_day <- min(person$value[person$kind == "session"])
  setNames(x, paste0("p_", names(x)))
}

records <- function(person) {
  sessions <- person$value[person$kind == "session"]
  reports <- person[person$kind == "report", ]
  days <- as.numeric(reports$name)
  d <- data.frame(
    ID = 1, time = c(sessions, days), evid = rep(c(2, 0), c(length(sessions), length(days))),
    cmt = 1, amt = 0, DV = c(rep(NA, length(sessions)), reports$value),
    mdv = rep(c(1, 0), c(length(sessions), length(days)))
  )
  d[order(d$time, d$evid), ] # a report of that day comes before the session
}

expected <- function(model, data, truth) {
  at <- param(zero_re(model), as.list(setNames(truth, paste0("ETA", seq_along(truth)))))
  out <- as.data.frame(mrgsim(at, data = data, obsonly = TRUE))
  out$DV
}

timed <- function(call) {
  start <- proc.time()
  value <- call()
  list(value = value, seconds = sum((proc.time() - start)[1:2])) # of CPU
}

# The point alone, and as mapbayr does by itself: with its covariance and a table of predictions.
fit <- function(model, data, method) {
  run <- function(...) {
    timed(function() {
      mapbayest(model, data, method = method, verbose = FALSE, progress = FALSE, ...)
    })
  }
  point <- run(output = "eta")
  full <- run()
  found <- full$value$opt.value
  calls <- if (method == "newuoa") {
    found[["feval"]]
  } else {
    found[["function"]] + 2 * length(NUMBERS) * found[["gradient"]] # differences to either side
  }
  list(seconds = c(point$seconds, full$seconds), calls = calls, eta = full$value$final_eta[[1]])
}

main <- function(task, model, folder) {
  people <- read.table(task, col.names = c("person", "kind", "name", "value"),
    colClasses = c("integer", "character", "character", "numeric"))
  people <- split(people, people$person)
  given <- lapply(people, parameters)
  code <- model_code(read_model(model), names(given[[1]]))
  compiled <- mcode_cache("healing", paste(code, collapse = "\n"), soloc = folder, quiet = TRUE,
    rtol = RELATIVE, atol = ABSOLUTE, maxsteps = 50000)
  off <- 0
  for (package in c("mapbayr", "mrgsolve")) {
    cat("version", package, as.character(packageVersion(package)), "\n")
  }
  for (id in names(people)) {
    person <- people[[id]]
    x <- given[[id]]
    mine <- param(compiled, x)
    mine <- smat(mine, dmat(0, x$p_ou_sd^2 + x$p_nrs_error_sd^2))
    data <- records(person)
    ours <- person[person$kind == "expected", ]
    slow <- x$p_slow * exp(-as.numeric(ours$name) / x$p_ou_tau)
    truth <- person$value[person$kind == "truth"]
    usual <- min(max(x$p_usual + x$p_usual_sd * truth[1], 0.1), 10)
    off <- max(off, abs(expected(mine, data, truth) - slow * (x$p_baseline - usual) - ours$value))
    for (method in c("newuoa", "L-BFGS-B")) {
      found <- fit(mine, data, method)
      cat("fit", method, id, found$seconds, found$calls, found$eta, "\n")
    }
  }
  cat("off", off, "\n")
}

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) != 3) {
  stop("usage: Rscript mapbayr.R TASK MODEL FOLDER")
}
main(arguments[1], arguments[2], arguments[3])
