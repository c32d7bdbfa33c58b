"""Array in, small frozen result out: noise, trend, level, spikes, swings, non-finite values, schedule events.

Pure numpy; knows neither runs, nor rules, nor pandas. Every statistic is scale-free in its result or says its unit, takes
any length from zero up, and keeps what it ignored (NaN, infinities) out of its numbers. Costs are bounded: a long series is
first reduced to a grid of at most `curve.GRID` blocks that keeps each block's minimum and maximum.
"""
