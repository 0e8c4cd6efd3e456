"""Makes the peer's topics as streamdemo makes its own: partitions, three copies, two of which must have each record.

  python topics.py PARTITIONS        with PEER_BROKERS, PEER_TOPICS (a prefix)"""
import asyncio
import os
import sys

from aiokafka.admin import AIOKafkaAdminClient, NewTopic


async def main():
    admin = AIOKafkaAdminClient(bootstrap_servers=os.environ["PEER_BROKERS"])
    await admin.start()
    try:
        await admin.create_topics([NewTopic(f"{os.environ['PEER_TOPICS']}-{name}", int(sys.argv[1]), 3, topic_configs={"min.insync.replicas": "2"})
                                   for name in ("request", "response")])
    finally:
        await admin.close()


asyncio.run(main())
