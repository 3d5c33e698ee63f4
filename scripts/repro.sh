#!/usr/bin/env bash
# `dvc repro` on two cores: what tests the models on the past runs beside what makes the projection. The stages, their
# order and their results are those of dvc.yaml; with arguments this is plain `dvc repro`.
set -uo pipefail

repro() { dvc --wait-for-lock repro "$@"; }

if (($#)); then
  repro "$@"
  exit
fi

# DVC refuses to look at a stage that another run is at, so that runs beside one another must share none, even upstream.
# `checks` brings the fit and all before it.
fits=(checks)
beside_fits=(margins tables backtest_series)
past=(scores)
care=(results why audit benchmark consistency diagnose)

round() { # runs its arguments up to `--` beside those after it; fails where either does, when both have ended
  local first=()
  while [[ $1 != -- ]]; do first+=("$1") && shift; done
  shift
  repro "$@" &
  local beside=$! failed=0
  repro "${first[@]}" || failed=$?
  wait "$beside" || failed=$?
  return "$failed"
}

round "${fits[@]}" -- "${beside_fits[@]}" &&
  round "${care[@]}" -- "${past[@]}" &&
  repro
