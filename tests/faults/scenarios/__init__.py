"""All scenarios on one screen."""
from dataclasses import dataclass
from typing import Callable

from . import brokers, clocks, crowd, drains, gateways, groups, large, long_tasks, poison, processors, strangers, upgrades, videos


@dataclass(frozen=True)
class Scenario:
    name: str
    play: Callable
    quick: bool = False  # part of the short selection
    seconds: float = 600  # at most


ALL = [
    Scenario("kill-leader", brokers.kill("leader"), quick=True),
    Scenario("kill-coordinator", brokers.kill("coordinator")),
    Scenario("kill-controller", brokers.kill("controller")),
    Scenario("stop-leader", brokers.stop("leader")),
    Scenario("stop-coordinator", brokers.stop("coordinator")),
    Scenario("stop-controller", brokers.stop("controller")),
    Scenario("two-brokers-away", brokers.two_away),
    Scenario("all-brokers-away", brokers.all_away),
    Scenario("rolling-restart", brokers.rolling_restart),
    Scenario("kill-processor", processors.kill_processor, quick=True),
    Scenario("kill-at-every-result", processors.kill_at_every_result),
    Scenario("zombie-processor", processors.zombie_processor),
    Scenario("rebalance-storm", processors.rebalance_storm),
    Scenario("kill-gateway", gateways.kill_gateway, quick=True),
    Scenario("kill-gateway-between", gateways.kill_gateway_between, quick=True),
    Scenario("key-elsewhere", gateways.key_elsewhere, quick=True),
    Scenario("cancel-elsewhere", gateways.cancel_elsewhere, quick=True),
    Scenario("late-joiner", gateways.late_joiner, quick=True),
    Scenario("expiry-alone", gateways.expiry_alone, quick=True),
    Scenario("strange-records", strangers.strange_records, quick=True),
    Scenario("large-requests", large.large_requests, quick=True),
    Scenario("poison", poison.poison),
    Scenario("drain-processor", drains.drain),
    Scenario("video-resumed", videos.video_resumed),
    Scenario("bucket-videos", videos.bucket_videos),
    Scenario("bucket-away", videos.bucket_away),
    Scenario("long-tasks", long_tasks.long_tasks),
    Scenario("group-deleted", groups.group_deleted),
    Scenario("group-renamed", groups.group_renamed),
    Scenario("gateway-ahead", clocks.gateway_ahead, quick=True),
    Scenario("clock-steps", clocks.steps),
    Scenario("broker-clock-steps", clocks.broker_steps),
    Scenario("processor-ahead", clocks.processor_ahead),
    Scenario("ten-thousand", crowd.ten_thousand, seconds=1500),
]

# Played with --earlier alone, beside the version that is named there.
UPGRADE = Scenario("upgrade", upgrades.upgrade)
