"""Many runs: scans paths, keeps the user's checklist state and recent folders."""
