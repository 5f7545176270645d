//! Who is next, and who waits.

use std::sync::Arc;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// What can be taken right now.
async fn drain(queue: &Queue<&'static str>) -> Vec<&'static str> {
    let mut taken = Vec::new();
    while !queue.is_empty() {
        let key = queue.next().await.unwrap();
        taken.push(key);
        queue.done(&key);
    }
    taken
}

#[tokio::test]
async fn fresh_keys_come_before_the_backlog_and_each_once() {
    let queue = Queue::new();
    for key in ["a", "b", "c", "a"] {
        queue.push(key, Level::Backlog);
    }
    queue.push("d", Level::Fresh);
    queue.push("b", Level::Fresh);
    queue.push("d", Level::Backlog);
    queue.push("c", Level::Unjudged);
    assert_eq!(drain(&queue).await, ["d", "b", "c", "a"]);
}

#[tokio::test]
async fn a_key_pushed_during_its_pass_waits_for_the_end_of_it() {
    let queue = Queue::new();
    queue.push("a", Level::Fresh);
    let running = queue.next().await.unwrap();
    queue.push("a", Level::Backlog);
    queue.push("a", Level::Fresh);
    queue.push("b", Level::Backlog);
    assert_eq!(queue.next().await, Some("b"), "never two passes of one key");
    assert!(queue.is_empty());
    queue.done(&running);
    assert_eq!(drain(&queue).await, ["a"]);
}

#[tokio::test]
async fn a_plan_that_is_replaced_leaves_nothing_behind() {
    let queue = Queue::new();
    for sooner in 0..100 {
        queue.push("a", Level::Fresh);
        let running = queue.next().await.unwrap();
        queue.push_after(running, Level::Backlog, 3600 * SECOND);
        queue.done(&running);
        queue.push_after("b", Level::Backlog, (7200 - sooner) * SECOND);
    }
    let state = queue.lock();
    assert_eq!((state.due.len(), state.later.len()), (2, 2));
}

#[tokio::test]
async fn it_is_quiet_only_when_nothing_waits_and_nothing_runs() {
    let queue = Queue::new();
    queue.quiet().await;
    queue.push("a", Level::Fresh);
    let running = queue.next().await.unwrap();
    queue.push("a", Level::Fresh);
    let mut quiet = std::pin::pin!(queue.quiet());
    assert!(futures_util::poll!(&mut quiet).is_pending(), "one runs");
    queue.done(&running);
    assert!(futures_util::poll!(&mut quiet).is_pending(), "it was pushed again");
    let running = queue.next().await.unwrap();
    queue.push_after("a", Level::Backlog, Duration::from_secs(60));
    queue.done(&running);
    quiet.await;
}

#[tokio::test(start_paused = true)]
async fn the_age_is_that_of_the_key_that_came_first_wherever_it_waits_now() {
    let queue = Queue::new();
    assert_eq!(queue.waiting(), (0, None));
    queue.push("a", Level::Backlog);
    tokio::time::advance(SECOND).await;
    queue.push("b", Level::Backlog);
    queue.push("c", Level::Fresh);
    tokio::time::advance(SECOND).await;
    assert_eq!(queue.waiting(), (3, Some(2 * SECOND)));
    queue.push("a", Level::Fresh);
    assert_eq!(queue.waiting(), (3, Some(2 * SECOND)), "moved up");
    for _ in 0..2 {
        let key = queue.next().await.unwrap();
        queue.done(&key);
    }
    assert_eq!(queue.waiting(), (1, Some(SECOND)), "what runs does not wait");
}

#[tokio::test(start_paused = true)]
async fn a_planned_pass_comes_when_it_is_due() {
    let queue = Queue::new();
    let start = Instant::now();
    queue.push_after("late", Level::Backlog, 3 * SECOND);
    queue.push_after("soon", Level::Backlog, SECOND);
    assert_eq!(queue.next().await, Some("soon"));
    assert_eq!(start.elapsed(), SECOND);
    assert_eq!(queue.next().await, Some("late"));
    assert_eq!(start.elapsed(), 3 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn the_earliest_plan_counts_and_a_push_stands_in_for_it() {
    let queue = Queue::new();
    let start = Instant::now();
    queue.push_after("a", Level::Backlog, 5 * SECOND);
    queue.push_after("a", Level::Backlog, SECOND);
    queue.push_after("a", Level::Backlog, 9 * SECOND);
    assert_eq!(queue.next().await, Some("a"));
    assert_eq!(start.elapsed(), SECOND);
    queue.done(&"a");

    queue.push_after("b", Level::Backlog, SECOND);
    queue.push("b", Level::Fresh);
    queue.push_after("b", Level::Backlog, SECOND);
    assert_eq!(drain(&queue).await, ["b"]);
    queue.push_after("end", Level::Backlog, 60 * SECOND);
    assert_eq!(queue.next().await, Some("end"), "nothing is left of the old plans");
}

#[tokio::test]
async fn closing_ends_the_waiting_of_every_worker() {
    let queue = Arc::new(Queue::<&str>::new());
    let workers: Vec<_> = (0..3)
        .map(|_| {
            let queue = Arc::clone(&queue);
            tokio::spawn(async move { queue.next().await })
        })
        .collect();
    tokio::task::yield_now().await;
    queue.close();
    for worker in workers {
        assert_eq!(worker.await.unwrap(), None);
    }
}

#[tokio::test]
async fn many_workers_take_every_key_once() {
    let queue = Arc::new(Queue::new());
    for key in 0..200_u32 {
        queue.push(key, if key % 3 == 0 { Level::Fresh } else { Level::Backlog });
    }
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let queue = Arc::clone(&queue);
            tokio::spawn(async move {
                let mut taken = Vec::new();
                while let Some(key) = queue.next().await {
                    taken.push(key);
                    tokio::task::yield_now().await;
                    queue.done(&key);
                    if queue.is_empty() {
                        queue.close();
                    }
                }
                taken
            })
        })
        .collect();
    let mut all = Vec::new();
    for worker in workers {
        all.extend(worker.await.unwrap());
    }
    all.sort_unstable();
    assert_eq!(all, (0..200).collect::<Vec<_>>());
}
