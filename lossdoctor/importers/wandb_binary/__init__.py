"""W&B's binary run file (`run-<id>.wandb`): a LevelDB log of protobuf records, read without the wandb package."""
